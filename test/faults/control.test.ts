import { readFile, stat } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { daemonsBy } from '../e2e/support/daemon.ts';
import { describeDaemon } from '../e2e/support/mounts.ts';
import { tell } from './support/chance.ts';
import { count, patience } from './support/counts.ts';
import { flood, told } from './support/flood.ts';
import { residentMegabytes } from './support/process.ts';

/** How much a daemon may grow, in megabytes, whatever is written: its heap reaches its size, and keeps nothing. */
const GROWTH = 150;
const MIB = 2 ** 20;

describeDaemon('the control file', (transport) => {
  const { withDaemon } = daemonsBy(transport);

  it(`takes ${count('longLineMiB')} MiB without a newline for what they are, in bounded memory`, async () => {
    await withDaemon({}, async (daemon) => {
      const before = await residentMegabytes(daemon.process.pid);
      for (const size of [4096, 65_536, MIB]) {
        const results = await flood(daemon, 'no-newline', 'control', [count('longLineMiB'), size], 200_000);
        expect(results['EINVAL']).toBeGreaterThan(0);
        expect(Object.keys(results).filter((name) => name !== 'ok')).toEqual(['EINVAL']);
        tell(`${count('longLineMiB')} MiB without a newline in writes of ${size} bytes (${transport}): ${told(results)}`);
      }
      expect((await daemon.sh('cat control')).stdout).toMatch(/# last refused\n# {3}control:1: (?:a line of more than 65536 bytes|unknown command 'A{39,40}…?')/);
      expect(await readFile(daemon.log, 'utf8')).toMatch(/\] control:1: a line of more than 65536 bytes\n/);
      const after = await residentMegabytes(daemon.process.pid);
      expect(after.peak - before.now).toBeLessThan(GROWTH);
      expect((await daemon.sh("echo 'log alive' > control && tail -n 1 \"$1\"", [daemon.log])).stdout).toMatch(/\] alive\n$/);
    });
  });

  it('answers lines of 1 MB, NUL bytes, bytes that are not text, and batches cut anywhere: EINVAL and the reason, or what they say', async () => {
    await withDaemon({}, async (daemon) => {
      for (const [what, command, reason] of [
        ['a line of 1 MB', `perl -e 'print "log ", "A" x 1000000, "\\n"' | dd bs=100k iflag=fullblock of=control`, /a line of more than 65536 bytes/],
        ['NUL bytes', "printf 'log a\\n\\0\\n' | cat > control", /control:2: there is a NUL byte in it/],
        ['a million NUL bytes', 'dd if=/dev/zero bs=100k count=10 of=control', /there is a NUL byte in it|a line of more than 65536 bytes/],
        ['no UTF-8', "printf 'log \\377\\n' > control", /control:1: it is not valid UTF-8/],
      ] as const) {
        const { status, stderr } = await daemon.sh(command);
        expect({ what, status, stderr }).toMatchObject({ what, status: 1, stderr: expect.stringContaining('Invalid argument') as string });
        expect((await daemon.sh('cat control')).stdout).toMatch(reason);
        expect(await readFile(daemon.log, 'utf8')).toMatch(reason);
      }
      // Pieces of 4096 bytes and more that end within a line continue in the next piece. The last line needs no newline.
      const lines = Array.from({ length: 3000 }, (_, n) => `log piece ${n}`).join('\n');
      expect(await daemon.sh('dd bs=5000 iflag=fullblock of=control status=none', [], { input: lines })).toMatchObject({ status: 0, stderr: '' });
      await expect.poll(async () => (await readFile(daemon.log, 'utf8')).split('\n').filter((line) => / piece \d+$/.test(line)).length).toBe(3000);
    });
  });

  it(`takes ${count('shortLines')} short lines`, { timeout: patience('shortLines', 0.2) }, async () => {
    await withDaemon({}, async (daemon) => {
      const before = await residentMegabytes(daemon.process.pid);
      for (const size of [8192, 131_072, MIB]) {
        const results = await flood(daemon, 'lines', 'control', [count('shortLines'), size], patience('shortLines', 0.1));
        expect(Object.keys(results)).toEqual(['ok']);
      }
      const after = await residentMegabytes(daemon.process.pid);
      expect(after.now - before.now).toBeLessThan(GROWTH);
      tell(`3 times ${count('shortLines')} short lines to control (${transport}): all taken, resident memory ${before.now} MB before, ${after.peak} MB at most, ${after.now} MB after`);
      expect((await stat(daemon.log)).size).toBeLessThan(MIB);
    });
  });
});
