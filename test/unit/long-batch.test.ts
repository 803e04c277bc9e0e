import { afterEach, describe, expect, it, vi } from 'vitest';
import { ERRNO } from '../../src/abi/errno.ts';
import { O } from '../../src/abi/file-calls.ts';
import { HeldReplies } from '../../src/fuse/held-replies.ts';
import { loggedMachine } from '../support/logged-machine.ts';
import { testMachine } from '../support/machine.ts';

const LINES = new TextEncoder().encode('log first\ninject type=slab count=1000000\nlog last\n');

describe('a long batch', () => {
  const machine = loggedMachine();
  afterEach(() => { vi.restoreAllMocks(); });

  it('is done in slices, and when it is stopped it answers EINTR and logs what was done', () => {
    const { files } = machine;
    const handle = files.open('/control', O.wronly);
    const work = files.write(handle, 0, LINES);
    if (typeof work === 'number') throw new Error('it took one slice');
    expect(work.proceed()).toBeUndefined();
    // Between two slices the log has all lines until then, and other requests are served.
    expect(machine.log()).toMatch(/first\n/);
    expect(machine.read('/proc/sys/vm/swappiness')).toBe('60\n');
    expect(work.stop()).toBe(-ERRNO.EINTR);
    const [, commands, injections] = /control: interrupted: (\d) of 3 commands were run, and (\d+) of 1000000 injections of the next\n$/.exec(machine.log()) ?? [];
    expect(commands).toBe('1');
    expect(machine.log().match(/recovery action for/g)?.length).toBe(Number(injections));
    expect(machine.log()).not.toContain('last');
    files.release(handle);
    expect(machine.read('/control')).toMatch(/inject type=slab count=1000000: EINTR/);
  });

  it('does not go on in another life of the machine', () => {
    const { files } = machine;
    const handle = files.open('/control', O.wronly);
    const work = files.write(handle, 0, LINES);
    if (typeof work === 'number') throw new Error('it took one slice');
    machine.write('/control', 'reset');
    expect(work.proceed()).toBe(-ERRNO.EIO);
    files.release(handle);
    expect(machine.read('/sys/devices/system/node/node0/memory_failure/total')).toBe('0\n');
  });

  it('is stopped by a mount on its way out, over fuse-native', async () => {
    const held = new HeldReplies();
    const stop = vi.fn(() => -ERRNO.EINTR);
    let slices = 0;
    const answers: number[] = [];
    held.whenDone({ proceed: () => { slices += 1; return undefined; }, stop }, (answer) => { answers.push(answer); });
    await vi.waitFor(() => { expect(slices).toBeGreaterThan(2); });
    expect(held.size).toBe(1);
    held.letGo();
    expect([answers, held.size, stop.mock.calls.length]).toEqual([[-ERRNO.EINTR], 0, 1]);
    const done: number[] = [];
    held.whenDone({ proceed: () => 5, stop: () => 7 }, (answer) => { done.push(answer); });
    expect(done).toEqual([7]);
  });
});

describe('the caller of a write to control', () => {
  const CALLER = { pid: 4321, uid: 0, comm: 'injector' };

  it.each(['inject type=slab', 'panic', 'page pfn=0x3000 type=slab\ninject pfn=0x3000'])('is in the panic of %s', (command) => {
    const { vfs, write, lines } = testMachine();
    write('/proc/sys/vm/panic_on_unrecoverable_memory_failure', '1');
    lines();
    const handle = vfs.open('/control', O.wronly);
    expect(vfs.write(handle, 0, new TextEncoder().encode(command), CALLER)).toBe(-ERRNO.EIO);
    expect(lines().find((line) => line.includes('Comm:'))).toContain('UID: 0 PID: 4321 Comm: injector');
    vfs.release(handle);
  });

  it('is in the crash that an access causes, unless another is named', () => {
    const dump = (command: string): string | undefined => {
      const { vfs, lines } = testMachine();
      const handle = vfs.open('/control', O.wronly, CALLER);
      vfs.write(handle, 0, new TextEncoder().encode(`page pfn=0x3000 type=slab\ninject pfn=0x3000\n${command}`));
      return lines().find((line) => line.includes('Comm:'));
    };
    expect(dump('access pfn=0x3000')).toContain('PID: 4321 Comm: injector');
    expect(dump('access pfn=0x3000 comm=reader')).toContain('PID: 4321 Comm: reader');
    expect(dump('access pfn=0x3000 pid=7 comm=reader')).toContain('PID: 7 Comm: reader');
  });
});
