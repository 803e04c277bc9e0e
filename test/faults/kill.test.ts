import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { daemonsBy, exited, MAIN } from '../e2e/support/daemon.ts';
import { describeTransports, makePlace, mountsBelow } from '../e2e/support/mounts.ts';
import { chance, tell } from './support/chance.ts';
import { count, patience } from './support/counts.ts';

const LOAD = fileURLToPath(new URL('support/load.sh', import.meta.url));
const SHELLS = 3;
/** The most acknowledged writes after which a daemon under load is killed. */
const ACKNOWLEDGED = 300;
/** The part of a start during which it may be killed, in milliseconds. */
const START = 500;
/** One in this many daemons is killed before it prints that it is ready. */
const EARLY = 5;
/** Frames from here on are free on a machine of 32 GiB. Each shell has this many of them. */
const FREE = 0x200000;
const FRAMES = 0x10000;

describeTransports('kill -9', (transport) => {
  const { startDaemon } = daemonsBy(transport);
  const options = ['--memory', '32G', '--log-format', 'raw'];

  /** Shells that write until the mount no longer answers, and the acknowledged writes. `reached` is called after `until` of them. */
  function load(mountPoint: string, until: number, reached: () => void): { readonly acknowledged: string[]; readonly ended: Promise<unknown> } {
    const acknowledged: string[] = [];
    const shells = Array.from({ length: SHELLS }, (_, n) => {
      const child = spawn('bash', ['--norc', LOAD, mountPoint, `shell ${n}`, String(FREE + n * FRAMES)], {
        stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, LC_ALL: 'C' },
      });
      const lines = createInterface(child.stdout).on('line', (line) => {
        acknowledged.push(line);
        if (acknowledged.length === until) reached();
      });
      return Promise.all([exited(child), new Promise((resolve) => { lines.once('close', resolve); })]);
    });
    return { acknowledged, ended: Promise.all(shells) };
  }

  it(`${count('kills')} times, under load and at the start: nothing acknowledged is lost, and the next start takes over`, { timeout: patience('kills', 10_000) }, async () => {
    const place = await makePlace();
    const next = chance();
    let [checked, early, seen] = [0, 0, ''];
    try {
      for (let kill = 1; kill <= count('kills'); kill += 1) {
        if (kill % EARLY === 0) {
          const child = spawn(process.execPath, [MAIN, 'mount', place.mountPoint, '--log', `${place.directory}/log`, '--transport', transport, ...options], { stdio: 'ignore' });
          // Not a wait: the kill may come at any time during the start.
          await delay(next(START));
          child.kill('SIGKILL');
          await exited(child);
          early += 1;
          continue;
        }
        const daemon = await startDaemon(place, { options });
        const before = (await readFile(daemon.log, 'utf8')).length;
        const { acknowledged, ended } = load(place.mountPoint, 1 + next(ACKNOWLEDGED), () => { daemon.process.kill('SIGKILL'); });
        await Promise.all([ended, exited(daemon.process)]);
        const log = await readFile(daemon.log, 'utf8');
        expect(log.startsWith(seen), 'what was in the log is still there').toBe(true);
        const texts = new Set(log.slice(before).split('\n').map((line) => line.replace(/^<\d+>\[ *\d+\.\d{6}\] /, '')));
        expect(acknowledged.filter((line) => !texts.has(line))).toEqual([]);
        checked += acknowledged.length;
        seen = log;
      }
      const last = await startDaemon(place, { options });
      expect((await last.sh('cat proc/sys/vm/swappiness')).stdout).toBe('60\n');
      expect(await last.stop()).toBe(0);
      expect(await mountsBelow(place.directory)).toEqual([]);
      expect(checked).toBeGreaterThan(0);
      tell(`kill -9 (${transport}): ${count('kills')} daemons killed, ${early} of them at the start; ${checked} acknowledged writes, all in the log`);
    } finally {
      await place.remove();
    }
  });
});
