import { ERRNO } from '../../src/abi/errno.ts';
import { describe, expect, it } from 'vitest';
import { BLOCKS, O } from '../../src/abi/file-calls.ts';
import type { Vfs } from '../../src/vfs/vfs.ts';
import { type TestMachine, testMachine } from '../support/machine.ts';

const BOOT = { seed: 1, devices: true, memoryBytes: 2 ** 29 };

/** Each boot draws new values for these. Only a reset draws the same again. */
const DRAWN: readonly string[] = ['/proc/sys/kernel/random/boot_id', '/proc/sys/kernel/random/uuid'];

/** These keep what was done to the machine over a boot. */
const OUTSIDE_THE_MACHINE: readonly string[] = ['/control', '/status.json'];

/** Every file below a directory. */
function filesIn(vfs: Vfs, path: string): string[] {
  const names = vfs.readdir(path);
  if (typeof names === 'number') throw new Error(`${path} cannot be listed: ${names}`);
  return names.flatMap((name) => {
    const below = `${path === '/' ? '' : path}/${name}`;
    const found = vfs.getattr(below);
    if (typeof found === 'number') throw new Error(`${below} is not there: ${found}`);
    if ((found.mode & 0o170000) === 0o040000) return filesIn(vfs, below);
    return (found.mode & 0o170000) === 0o100000 && !OUTSIDE_THE_MACHINE.includes(below) ? [below] : [];
  });
}

/** The content of an open file from its beginning, or the errno. */
function shown(vfs: Vfs, handle: number): string {
  const pieces: string[] = [];
  for (let position = 0; ;) {
    const piece = vfs.read(handle, position, 65_536, undefined, O.nonblock);
    if (piece === BLOCKS || typeof piece === 'number') return [...pieces, String(piece)].join('');
    if (piece.length === 0) return pieces.join('');
    pieces.push(Buffer.from(piece).toString('latin1'));
    position += piece.length;
  }
}

/** Each file's size, and what it shows. */
function everything({ vfs }: TestMachine): Map<string, string> {
  return new Map(filesIn(vfs, '/').map((path) => {
    const attributes = vfs.getattr(path);
    const handle = vfs.open(path, O.rdonly | O.nonblock);
    const text = handle < 0 ? String(handle) : shown(vfs, handle);
    vfs.release(handle);
    return [path, `${typeof attributes === 'number' ? attributes : attributes.size}: ${text}`];
  }));
}

/** Changes everything that can be changed: every number and word that a file accepts, memory, processes, counters, the log. */
function disturb(machine: TestMachine): void {
  const { vfs, write } = machine;
  write('/control', [
    'page pfn=0x5000-0x5010 type=anon mapped=nginx:611', 'inject pfn=0x5001', 'access pfn=0x5001', 'inject type=slab count=20', 'inject type=thp', 'inject type=hugetlb',
    'soft-offline type=anon', 'inject type=free via=mce', 'log disturbed',
  ].join('\n'));
  write('/sys/devices/system/memory/auto_online_blocks', 'offline');
  write('/sys/devices/system/memory/memory2/state', 'offline');
  for (const path of filesIn(vfs, '/')) {
    if (path === '/proc/sysrq-trigger') continue;
    for (const text of ['0', '1', '2', '3', '7', '100', '4096', '70000', 'on', 'auto', 'enabled', 'some-name', 'offline', 'online_movable']) write(path, text);
  }
  write('/dev/kmsg', 'of a process');
}

describe('a reboot', () => {
  it('resets every file, and one that was held open across it too', () => {
    const machine = testMachine(BOOT);
    const { vfs } = machine;
    const fresh = testMachine(BOOT);
    const wanted = everything(fresh);
    // Every node was looked up and read before, so everything that a node can keep of this boot is there.
    expect(everything(machine)).toEqual(wanted);
    // So few bytes that most texts are read only to the middle. The file keeps the rest of them.
    const held = new Map([...wanted.keys()].map((path) => [path, vfs.open(path, O.rdonly | O.nonblock)]));
    disturb(machine);
    for (const handle of held.values()) if (handle >= 0) vfs.read(handle, 0, 8, undefined, O.nonblock);
    const changed = [...everything(machine)].filter(([path, text]) => wanted.get(path) !== text);
    // 110 of about 400 show another text. All kinds of state are among them.
    expect(changed.length).toBeGreaterThan(80);
    expect(changed.map(([path]) => path)).toEqual(expect.arrayContaining([
      '/proc/meminfo', '/proc/kpageflags', '/proc/kpagecount', '/proc/vmstat', '/proc/sys/vm/swappiness', '/proc/sys/kernel/hostname', '/dev/kmsg',
      '/sys/devices/system/memory/memory2/state', '/sys/devices/system/memory/auto_online_blocks', '/sys/kernel/debug/hwpoison/corrupt-filter-memcg',
      '/sys/devices/system/node/node0/memory_failure/total',
    ]));
    expect(machine.write('/control', 'reset')).toBe(5);
    expect(everything(machine)).toEqual(wanted);
    disturb(machine);
    expect(machine.write('/control', 'reboot')).toBe(6);
    const after = everything(machine);
    for (const [path, text] of wanted) if (!DRAWN.includes(path)) expect([path, after.get(path)]).toEqual([path, text]);
    for (const [path, handle] of held) {
      if (handle < 0 || path === '/dev/kmsg' || DRAWN.includes(path)) continue;
      const text = shown(vfs, handle);
      // An open file of a trace buffer ends with the buffer.
      const ended = /^\/sys\/kernel\/(?:debug\/)?tracing\//.test(path) && text === String(-ERRNO.ENODEV);
      if (!ended) expect([path, text]).toEqual([path, (wanted.get(path) ?? '').replace(/^\d+: /, '')]);
      vfs.release(handle);
    }
    // The memory of a block that is taken offline after a reboot is missing from the total, as before it.
    const total = (): number => Number(/MemTotal: +(\d+)/.exec(String(machine.read('/proc/meminfo')))?.[1]);
    const before = total();
    expect(machine.write('/sys/devices/system/memory/memory2/state', 'offline')).toBe(7);
    expect(total()).toBe(before - 131_072);
  });

  it('has the rest of a text that was being read made of the new boot', () => {
    const { vfs, machine, write } = testMachine(BOOT);
    write('/proc/sys/kernel/hostname', 'x');
    const handle = vfs.open('/proc/cmdline', O.rdonly);
    const first = vfs.read(handle, 0, 4);
    machine.kernel.nextBoot = { settings: new Map(), parameters: ['sysctl.vm.swappiness=1'] };
    write('/control', 'reboot');
    const rest = vfs.read(handle, 4, 200);
    expect([first, rest].map((bytes) => Buffer.from(bytes as Uint8Array).toString())).toEqual(['cons', 'ole=ttyS0 sysctl.vm.swappiness=1\n']);
    expect(vfs.getattr('/proc/cmdline')).toMatchObject({ size: 'console=ttyS0 sysctl.vm.swappiness=1\n'.length, sizeChanges: true });
  });

  it('by reset is noticed by who reads /dev/kmsg, though boots are counted from 1 again', () => {
    const { vfs, write } = testMachine(BOOT);
    const handle = vfs.open('/dev/kmsg', O.rdonly | O.nonblock);
    vfs.read(handle, 0, 8192, undefined, O.nonblock);
    write('/control', 'reset');
    expect(vfs.read(handle, 0, 8192, undefined, O.nonblock)).toBe(-32);
  });
});
