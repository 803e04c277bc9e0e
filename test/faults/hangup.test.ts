import { existsSync } from 'node:fs';
import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { daemonsBy } from '../e2e/support/daemon.ts';
import { describeDaemon } from '../e2e/support/mounts.ts';
import { tell } from './support/chance.ts';
import { count, patience } from './support/counts.ts';
import { descriptorsOf } from './support/process.ts';

const SHELLS = 2;
/** The log is renamed, as logrotate does, before one in this many SIGHUPs. */
const RENAMED = 10;
/** Writes numbered lines, at least a few, until a file of that name exists. Prints how many. */
const LOAD = 'n=0; until [ -e "$2" ] && [ $n -gt 10 ]; do n=$((n + 1)); echo "log $1 $n" > control || exit; done; echo $n';

describeDaemon('SIGHUP', (transport) => {
  const { withDaemon } = daemonsBy(transport);

  it(`${count('hangups')} times while the log is written and renamed: no line lost, none twice, no descriptor left`, { timeout: patience('hangups', 20) }, async () => {
    await withDaemon({}, async (daemon) => {
      const before = await descriptorsOf(daemon.process.pid);
      const over = `${daemon.log}.over`;
      const timeout = patience('hangups', 20);
      const shells = Array.from({ length: SHELLS }, (_, n) => daemon.sh(LOAD, [`shell-${n}`, over], { timeout }));
      const renamed: string[] = [];
      for (let sent = 1; sent <= count('hangups'); sent += 1) {
        if (sent % RENAMED === 0) {
          const to = `${daemon.log}.${sent}`;
          // It exists again when the daemon has handled the signal of the last rename.
          await expect.poll(() => existsSync(daemon.log), { interval: 5 }).toBe(true);
          await rename(daemon.log, to);
          renamed.push(to);
        }
        daemon.process.kill('SIGHUP');
        // Not a wait, but the distance of the signals. Of signals at the same time only one arrives.
        await delay(1);
      }
      // The last signal may not have arrived.
      await expect.poll(() => existsSync(daemon.log), { interval: 5 }).toBe(true);
      await writeFile(over, '');
      const written = (await Promise.all(shells)).map(({ stdout, stderr }) => ({ lines: Number(stdout), stderr }));
      const texts = await Promise.all([...renamed, daemon.log].map((path) => readFile(path, 'utf8')));
      const lines = texts.join('').split('\n');
      written.forEach(({ lines: last, stderr }, n) => {
        expect(stderr).toBe('');
        expect(last).toBeGreaterThan(10);
        const numbers = lines.flatMap((line) => (line.includes(`] shell-${n} `) ? [Number(line.split(' ').at(-1))] : []));
        expect(numbers).toEqual(Array.from({ length: last }, (_, index) => index + 1));
      });
      await expect.poll(() => descriptorsOf(daemon.process.pid)).toBe(before);
      expect((await readdir(daemon.mountPoint)).includes('control')).toBe(true);
      const reopened = daemon.output.stderr.split('the log was reopened').length - 1;
      tell(`SIGHUP (${transport}): ${count('hangups')} sent, ${reopened} times reopened, ${renamed.length} renames; ${written.map((shell) => shell.lines).join(' and ')} lines, each once`);
    });
  });
});
