import { existsSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { daemonsBy, MAIN } from '../e2e/support/daemon.ts';
import { describeTransports, makePlace, mountsBelow } from '../e2e/support/mounts.ts';
import { sh } from '../e2e/support/shell.ts';
import { tell } from './support/chance.ts';
import { count, patience } from './support/counts.ts';
import { flood, told } from './support/flood.ts';
import { descriptorsOf, residentMegabytes } from './support/process.ts';

/** How many files a process opens: as many as it may. */
const EACH = 1000;

describeTransports('descriptors', (transport) => {
  const { withDaemon } = daemonsBy(transport);

  it(`${count('openFiles')} files that one client keeps open: all read, none of the daemon's own used up, and all let go of`, { timeout: patience('openFiles', 2) }, async () => {
    await withDaemon({}, async (daemon) => {
      const [descriptors, before] = [await descriptorsOf(daemon.process.pid), await residentMegabytes(daemon.process.pid)];
      const results = await flood(daemon, 'open', 'proc/sys/vm/swappiness', [count('openFiles'), EACH], patience('openFiles', 1));
      expect(results).toEqual({ ok: count('openFiles'), read: count('openFiles') });
      const after = await residentMegabytes(daemon.process.pid);
      expect(await descriptorsOf(daemon.process.pid)).toBe(descriptors);
      const again = await flood(daemon, 'open', 'control', [Math.min(count('openFiles'), 5000), EACH], patience('openFiles', 1));
      expect(again['ok']).toBe(Math.min(count('openFiles'), 5000));
      expect(after.peak - before.now).toBeLessThan(200);
      tell(`${count('openFiles')} files open at once (${transport}): ${told(results)}; resident memory ${before.now} MB before, ${after.peak} MB at most`);
    });
  });

  it('so few at the start that not all can be opened: a status and the reason, or a daemon that serves', { timeout: 240_000 }, async () => {
    const place = await makePlace();
    const outcomes: Record<string, number> = {};
    try {
      for (let limit = 16; limit <= 136; limit += count('descriptorStep')) {
        // One SIGTERM: Node.js handles no signal while it exits, so a second one could end it with 143. With less than what Node.js itself
        // needs, it dies before a line of the program runs. That is not tested.
        const script = 'prlimit --nofile="$5:$5" "$1" -e 0 2>/dev/null || { echo 77; exit; }; rm -f "$3.out"; prlimit --nofile="$5:$5" "$1" "$2" mount "$3" --log "$3.log" --transport "$4" > "$3.out" 2> "$3.err" & ' +
          'while kill -0 $! 2>/dev/null; do if grep -qs ready "$3.out"; then kill $!; break; fi; sleep 0.1; done; wait $!; echo $?; grep -c ready "$3.out"; grep -v "^{" "$3.err" | head -c 3000';
        const { stdout } = await sh(script, [process.execPath, MAIN, place.mountPoint, transport, String(limit)]);
        const [status = '', ready = '', ...lines] = stdout.trimEnd().split('\n');
        const said = lines.length === 1 ? 'in one line' : lines.join('\n');
        const outcome = status === '77' ? 'Node.js does not start' : ready === '1' ? `served, status ${status}` : `refused ${said}, status ${status}`;
        outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
        expect({ limit, outcome }).toEqual({ limit, outcome: expect.stringMatching(/^(?:Node.js does not start|served, status 0|refused in one line, status 1)$/) as string });
        expect(await mountsBelow(place.directory)).toEqual([]);
      }
      expect(outcomes['served, status 0']).toBeGreaterThan(0);
      expect(outcomes['refused in one line, status 1']).toBeGreaterThan(0);
      tell(`limits of 16 to 136 descriptors (${transport}): ${Object.entries(outcomes).map(([outcome, times]) => `${times} times ${outcome}`).join('; ')}`);
    } finally {
      await place.remove();
    }
  });

  it('one left while the daemon runs: a log that was removed is made again with all of its lines, and nothing is left open', async () => {
    await withDaemon({}, async (daemon) => {
      const { pid } = daemon.process;
      const taken = new Set((await readdir(`/proc/${pid}/fd`)).map(Number));
      let free = 0;
      while (taken.has(free)) free += 1;
      await sh('prlimit --pid "$1" --nofile="$2:"', [String(pid), String(free + 1)]);
      await daemon.sh("echo 'log one' > control");
      await rm(daemon.log);
      let writes = 0;
      const failed: string[] = [];
      await expect.poll(async () => {
        writes += 1;
        const { stderr } = await daemon.sh(`echo 'log number ${writes}' > control`);
        if (stderr !== '') failed.push(stderr);
        return existsSync(daemon.log);
      }).toBe(true);
      expect(failed).toEqual([]);
      const lines = (await readFile(daemon.log, 'utf8')).replace(/^\[.*?\] /gm, '').split('\n');
      expect(lines.slice(-writes - 1)).toEqual([...Array.from({ length: writes }, (_, n) => `number ${n + 1}`), '']);
      expect(await descriptorsOf(pid)).toBe(taken.size);
      // umount(8), which ends the daemon, needs more.
      await sh('prlimit --pid "$1" --nofile=4096:', [String(pid)]);
    });
  });

  it('none left while the daemon runs: it serves on, SIGHUP keeps the log it has, SIGTERM the mount, and all is as ever when there are some again', async () => {
    // With a watchdog, whose notifications need descriptors too.
    await withDaemon({ environment: { NOTIFY_SOCKET: '/nobody', WATCHDOG_USEC: '1000000' } }, async (daemon) => {
      const limit = (soft: string): Promise<unknown> => sh('prlimit --pid "$1" --nofile="$2:"', [String(daemon.process.pid), soft]);
      const hasLogged = (text: string): Promise<void> => expect.poll(() => daemon.output.stderr).toContain(text);
      // Standard input, output and error take all numbers below the limit.
      await limit('3');
      await hasLogged('no more files can be opened');
      await hasLogged('EMFILE","msg":"the service manager could not be notified"');
      daemon.process.kill('SIGHUP');
      await hasLogged('"errno":"EMFILE","msg":"the log could not be reopened');
      daemon.process.kill('SIGTERM');
      await hasLogged('the files could not be unmounted');
      const results = await flood(daemon, 'open', 'proc/sys/vm/swappiness', [100, EACH], 20_000);
      expect(results).toEqual({ ok: 100, read: 100 });
      expect((await daemon.sh("echo 'log in want' > control; echo 1 > proc/sys/vm/drop_caches; echo $?; tail -n 1 \"$1\"", [daemon.log])).stdout).toMatch(/^0\n.*: drop_caches: 1\n$/);
      await limit('4096');
      await hasLogged('files can be opened again');
      daemon.process.kill('SIGHUP');
      await hasLogged('the log was reopened');
      expect(daemon.output.stderr.match(/no more files can be opened/g)).toHaveLength(1);
      expect((await daemon.sh("echo 'log again' > control; tail -n 1 \"$1\"", [daemon.log])).stdout).toMatch(/\] again\n$/);
    });
  });
});
