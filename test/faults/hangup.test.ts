import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { daemonsBy } from '../e2e/support/daemon.ts';
import { describeTransports } from '../e2e/support/mounts.ts';
import { tell } from './support/chance.ts';
import { count, patience } from './support/counts.ts';
import { descriptorsOf } from './support/process.ts';

const SHELLS = 2;
/** The log is renamed, as logrotate does, before every so manieth SIGHUP. */
const RENAMED = 10;
/** Writes numbered lines until there is a file of that name; says how many. */
const LOAD = 'n=0; until [ -e "$2" ]; do n=$((n + 1)); echo "log $1 $n" > control || exit; done; echo $n';

describeTransports('SIGHUP', (transport) => {
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
          // There may be none yet: the daemon has still to hear of the last.
          await rename(daemon.log, to).then(() => renamed.push(to), (error: NodeJS.ErrnoException) => { expect(error.code).toBe('ENOENT'); });
        }
        daemon.process.kill('SIGHUP');
        // Of signals that come at once, one is heard.
        await delay(1);
      }
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
      expect(renamed.length).toBeGreaterThan(count('hangups') / RENAMED / 4);
      await expect.poll(() => descriptorsOf(daemon.process.pid), { timeout: 10_000 }).toBe(before);
      expect((await readdir(daemon.mountPoint)).includes('control')).toBe(true);
      const reopened = daemon.output.stderr.split('the log was opened anew').length - 1;
      tell(`SIGHUP (${transport}): ${count('hangups')} sent, ${reopened} times opened anew, ${renamed.length} renames; ${written.map((shell) => shell.lines).join(' and ')} lines, each once`);
    });
  });
});
