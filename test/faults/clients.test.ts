import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { daemonsBy } from '../e2e/support/daemon.ts';
import { describeTransports } from '../e2e/support/mounts.ts';
import { tell } from './support/chance.ts';
import { count, patience } from './support/counts.ts';
import { descriptorsOf, residentMegabytes } from './support/process.ts';

const CLIENTS = fileURLToPath(new URL('support/clients.pl', import.meta.url));
const ROUNDS = 10;
/** Every fourth client waits for a record, if there is /dev/kmsg. */
const WAITS = 4;
/** How much a daemon may grow in a second crowd, in megabytes: it keeps memory of the first one to use it again. */
const GROWTH = 40;

describeTransports('clients at once', (transport) => {
  const { withDaemon } = daemonsBy(transport);

  it(`${count('clients')} processes that open, read, write, poll and wait: each is answered right, and nothing is left of them`, { timeout: patience('clients', 300) }, async () => {
    await withDaemon({}, async (daemon) => {
      await daemon.sh("echo 'log first' > control; cat proc/vmstat > /dev/null");
      const descriptors = await descriptorsOf(daemon.process.pid);
      const waiting = transport === 'dev-fuse' ? Math.floor(count('clients') / WAITS) : 0;
      const serve = async (): Promise<number> => {
        const { stdout, stderr } = await daemon.sh('cd /; exec perl "$@"', [CLIENTS, daemon.mountPoint, String(count('clients')), String(ROUNDS)], { timeout: patience('clients', 150) });
        expect({ stdout, stderr }).toEqual({ stdout: `${count('clients') - waiting} served ok\n${waiting > 0 ? `${waiting} woken ok\n` : ''}`, stderr: '' });
        return (await residentMegabytes(daemon.process.pid)).now;
      };
      const first = await serve();
      const second = await serve();
      expect(second - first).toBeLessThan(GROWTH);
      // Release comes after close(2).
      await expect.poll(() => descriptorsOf(daemon.process.pid)).toBe(descriptors);
      const logged = (await readFile(daemon.log, 'utf8')).split('\n').filter((line) => / client \d+$/.test(line)).length;
      expect(logged).toBe(2 * expectedLines(count('clients'), waiting > 0));
      tell(`${count('clients')} clients at once, twice (${transport}): all answered, ${waiting} of them woken; ${logged} lines; resident memory ${first} MB, then ${second} MB`);
    });
  });
});

/** How many lines the clients that do not wait write. Each does the second of five things in every fifth of its rounds. */
function expectedLines(clients: number, wait: boolean): number {
  let lines = 0;
  for (let n = 1; n <= clients; n += 1) {
    for (let round = 1; round <= ROUNDS; round += 1) if (!(wait && n % WAITS === 0) && (n + round) % 5 === 1) lines += 1;
  }
  return lines;
}
