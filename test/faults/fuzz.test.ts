import fc from '../support/fast-check.ts';
import { truncate } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { BLOCKS } from '../../src/abi/file-calls.ts';
import { daemonsBy } from '../e2e/support/daemon.ts';
import { describeDaemon } from '../e2e/support/mounts.ts';
import { testMachine } from '../support/machine.ts';
import { SEED } from '../support/seed.ts';
import { tell } from './support/chance.ts';
import { count, LONG, patience } from './support/counts.ts';
import { flood } from './support/flood.ts';
import { residentMegabytes } from './support/process.ts';

const GROWTH = 250;

describeDaemon('random bytes', (transport) => {
  const { withDaemon } = daemonsBy(transport);

  it(`${count('randomBytes')} of them to every writable file: the daemon lives, answers, and has not grown`, { timeout: patience('randomBytes', 10) }, async () => {
    await withDaemon({ options: ['--profile', '7.3', '--seed', '1'] }, async (daemon) => {
      const before = await residentMegabytes(daemon.process.pid);
      // Of many equal files, such as memory blocks, the first ones stand for all. Files that this user may not open for lack of a
      // capability, as in containers, are left out.
      const { stdout } = await daemon.sh("find . -type f -perm /200 | grep -v '/memory[1-9]' | sort | while read -r file; do (: >> \"$file\") 2> /dev/null && echo \"$file\"; done");
      // Hundreds of sysctls share a handler. Outside vm the short form takes one in 16.
      const files = stdout.trim().split('\n').filter((file, index) => !/^\.\/proc\/sys\/(?!vm\/)/.test(file) || LONG || index % 16 === 0);
      expect(files.length).toBeGreaterThan(90);
      let [writes, refused] = [0, 0];
      for (const file of files) {
        const results = await flood(daemon, 'random', file, [count('randomBytes'), 4096, SEED % 2 ** 31], 600_000);
        for (const [result, times] of Object.entries(results)) {
          writes += times;
          if (result !== 'ok') refused += times;
        }
        // A write may have caused a panic. Logs are not the subject.
        expect(await daemon.sh('echo reboot > control && cat proc/sys/vm/swappiness')).toMatchObject({ status: 0, stdout: '60\n' });
        await truncate(daemon.log);
      }
      const after = await residentMegabytes(daemon.process.pid);
      expect(after.now - before.now).toBeLessThan(GROWTH);
      expect(daemon.output.stderr).not.toContain('a request failed');
      tell(`${count('randomBytes')} random bytes to each of ${files.length} files (${transport}): ${writes} writes, ${refused} refused; resident memory ${before.now} MB before, ${after.peak} MB at most, ${after.now} MB after`);
    });
  });
});

/** Every file and directory of a machine's tree, by path. */
function pathsOf({ vfs }: ReturnType<typeof testMachine>): string[] {
  const paths: string[] = [];
  const walk = (path: string): void => {
    paths.push(path);
    const names = vfs.readdir(path);
    if (typeof names !== 'number') for (const name of names) walk(path === '/' ? `/${name}` : `${path}/${name}`);
  };
  walk('/');
  return paths;
}

describe('random operations on random files, in process', () => {
  const sample = testMachine({ devices: true });
  const paths = pathsOf(sample);
  const path = fc.oneof({ weight: 20, arbitrary: fc.constantFrom(...paths) }, { weight: 1, arbitrary: fc.string().map((name) => `/${name}`) });
  const position = fc.oneof(fc.nat(100), fc.nat(5000), fc.constantFrom(2 ** 31, 2 ** 32 + 7, 2 ** 52, Number.MAX_SAFE_INTEGER));
  const command = fc.constantFrom('inject count=3\n', 'inject type=slab\n', 'inject type=anon race=taken\n', 'page pfn=0x2000-0x2fff type=thp mapped=a:1\n', 'soft-offline\n', 'access pfn=0x2000\n', 'reset\n', 'reboot\n', 'wait 100000\n', 'fail /proc/sys/vm/swappiness op=read errno=EIO count=2\n', 'panic\n', 'unpoison pfn=0x2001\n');
  const bytes = fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.integer().map((value) => new TextEncoder().encode(String(value))), command.map((text) => new TextEncoder().encode(text)));
  const operation = fc.oneof(
    fc.record({ op: fc.constant('read' as const), path, position, length: fc.oneof(fc.nat(64), fc.nat(70_000)) }),
    fc.record({ op: fc.constant('write' as const), path, position, bytes }),
    fc.record({ op: fc.constant('control' as const), path: fc.constant('/control'), position: fc.constant(0), bytes }),
    fc.record({ op: fc.constantFrom('getattr', 'readdir', 'readlink', 'truncate', 'utimens', 'fsync', 'poll', 'lseek'), path, position }),
  );
  const EACH = 200;

  it(`${count('randomOperations')} of them, reads at odd positions too: each answered with bytes, a number or an errno, and none throws`, { timeout: patience('randomOperations', 2) }, () => {
    let done = 0;
    fc.assert(fc.property(fc.array(operation, { minLength: EACH, maxLength: EACH }), fc.nat(), (operations, seed) => {
      const { vfs, machine, clock, lines } = testMachine({ devices: true, seed });
      for (const each of operations) {
        clock.usec += 1000;
        done += 1;
        const { op } = each;
        if (op === 'read' || op === 'write' || op === 'control' || op === 'poll' || op === 'lseek') {
          const handle = vfs.open(each.path, 'length' in each ? 0 : 'bytes' in each ? 1 : 2);
          expect(Number.isInteger(handle)).toBe(true);
          if (handle < 0) continue;
          if ('length' in each) {
            const answer = vfs.read(handle, each.position, each.length, undefined, 0o4000);
            if (typeof answer === 'object') expect(answer.length).toBeLessThanOrEqual(each.length);
            else expect(answer === BLOCKS || (Number.isInteger(answer) && answer < 0)).toBe(true);
          } else if ('bytes' in each) {
            const answer = vfs.write(handle, each.position, each.bytes);
            expect(Number.isInteger(answer) && answer <= each.bytes.length && answer >= -4095).toBe(true);
          } else if (op === 'poll') expect(vfs.poll(handle)).toBeGreaterThanOrEqual(0);
          else expect(Number.isInteger(vfs.lseek(handle, each.position, 3))).toBe(true);
          vfs.release(handle);
        } else if (op === 'truncate') expect(vfs.truncate(each.path, each.position)).toBeLessThanOrEqual(0);
        else {
          const answer = vfs[op](each.path);
          expect(typeof answer !== 'number' || answer <= 0).toBe(true);
        }
      }
      lines();
      // Whatever happened before, a reset makes it like new.
      const control = vfs.open('/control', 1);
      expect(vfs.write(control, 0, new TextEncoder().encode('reset\n'))).toBe(6);
      expect(machine.kernel.death).toBeUndefined();
    }), { numRuns: Math.ceil(count('randomOperations') / EACH) });
    tell(`${done} random operations on ${paths.length} paths, in process`);
  });
});
