import { afterAll, beforeAll, expect, it } from 'vitest';
import buildOnce from '../e2e/support/build-once.ts';
import { daemonsBy } from '../e2e/support/daemon.ts';
import { describeMount } from '../e2e/support/mounts.ts';
import { compileRecorded } from '../support/compile.ts';

/** Calls that move positions, by directory: what sysseq printed on a Linux 7.3 without memory failures. */
const RECORDED = {
  'sys/kernel/debug/hwpoison': [
    'open corrupt-filter-enable RDWR => 0', 'lseek 0 1 => ESPIPE', 'lseek 3 0 => ESPIPE', 'pread 4 0 => ESPIPE', 'pwrite 0 30 => ESPIPE',
    'read 10 => 2 300a', 'lseek 0 0 => ESPIPE', 'open corrupt-pfn WRONLY => 0', 'lseek 0 1 => ESPIPE', 'pwrite 0 30 => ESPIPE',
    'open corrupt-filter-flags-mask RDWR => 0', 'pread 4 0 => ESPIPE', 'read 2 => 2 300a', 'read 9 => 0',
  ],
  'sys/devices/system/node/node0/memory_failure': [
    'open total => 0', 'lseek 0 1 => 0', 'lseek 2 0 => 2', 'pread 4 0 => 2 300a', 'pread 4 1 => 1 0a', 'lseek 0 2 => 4096', 'lseek 0 3 => 0',
    'lseek 9 4 => 4096', 'read 5 => 0',
  ],
  'proc/sys/vm': ['open swappiness => 0', 'lseek 0 3 => ENXIO', 'lseek 0 4 => ENXIO', 'lseek 0 2 => 0'],
} as const;

const sysseq = await compileRecorded('sysseq.c');
if (sysseq === undefined) console.warn('SKIPPED: positions on a mount: no C compiler to make sysseq of: apt-get install gcc libc6-dev');
afterAll(() => sysseq?.remove());

// fuse-native cannot open a file without a position.
if (sysseq !== undefined) {
  describeMount('positions by dev-fuse', () => {
    beforeAll(buildOnce);

    it('are what Linux 7.3 makes of them, also where there are none', async () => {
      await daemonsBy('dev-fuse').withDaemon({ options: ['--profile', '7.3'] }, async (daemon) => {
        for (const [directory, recorded] of Object.entries(RECORDED)) {
          const input = `${recorded.map((line) => line.replace(/ =>.*/, '')).join('\n')}\n`;
          const { stdout } = await daemon.sh('exec "$1" "$2"', [sysseq.path, directory], { input });
          expect(stdout.trimEnd().split('\n').map((line) => line.trimEnd())).toEqual(recorded);
        }
      });
    });
  });
}
