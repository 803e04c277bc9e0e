import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { daemonsBy } from '../e2e/support/daemon.ts';
import { describeDaemon, describeTransports } from '../e2e/support/mounts.ts';
import { tell } from './support/chance.ts';
import { count, patience } from './support/counts.ts';

/**
 * Loaded before the program, in all of its threads: at each call the time of Date jumps by up to ten years, forward or back, unlike other
 * clocks.
 */
const JUMPING = `data:text/javascript,${encodeURIComponent(`
const real = Date.now; let n = 0;
const jump = () => real() + (n++ % 2 ? 1 : -1) * (n * 7919 % 3650) * 86400000;
globalThis.Date = class extends Date { constructor(...given) { if (given.length) super(...given); else super(jump()); } static now() { return jump(); } };
`)}`;

/** Stamps of a log in the format raw or syslog, in microseconds. */
function stamps(log: string): number[] {
  return [...log.matchAll(/\[ *(\d+)\.(\d{6})\] /g)].map(([, seconds, micros]) => Number(seconds) * 1e6 + Number(micros));
}

const SYSLOG = /^[A-Z][a-z]{2} [ 123]\d \d\d:\d\d:\d\d localhost kernel: \[ *\d+\.\d{6}\] \S/;

// Which thread wakes the machine for a reboot depends on the transport.
describeTransports('the clock', (transport) => {
  const { withDaemon } = daemonsBy(transport);

  it('of the wall jumps back and forth by years: stamps go on, lines of syslog are whole, and a reboot comes when it is due', async () => {
    await withDaemon({ options: ['--log-format', 'syslog', '--sysctl', 'kernel.panic=2'], environment: { NODE_OPTIONS: `--import=${JUMPING}` } }, async (daemon) => {
      await daemon.sh('for i in $(seq 100); do echo "log line $i" > control; done');
      const log = await readFile(daemon.log, 'utf8');
      const lines = log.trimEnd().split('\n');
      expect(lines.filter((line) => !SYSLOG.test(line))).toEqual([]);
      const all = stamps(log);
      expect(all).toEqual([...all].sort((a, b) => a - b));
      expect(all.at(-1)).toBeLessThan(60e6);
      // One boot has one wall clock, which advances with the time stamps.
      expect(new Set(lines.map((line) => line.slice(0, 6))).size).toBeLessThanOrEqual(2);
      const begun = performance.now();
      await daemon.sh('echo panic > control');
      expect((await daemon.sh('cat proc/sys/vm/swappiness')).stderr).toContain('Input/output error');
      await expect.poll(async () => (await readFile(daemon.log, 'utf8')).split('Linux version').length, { interval: 50 }).toBe(3);
      expect(performance.now() - begun).toBeGreaterThan(1900);
      expect((await daemon.sh('cat proc/sys/vm/swappiness')).stdout).toBe('60\n');
      expect(daemon.output.stderr).not.toContain('a request failed');
    });
  });
});

describeDaemon('the clock', (transport) => {
  const { withDaemon } = daemonsBy(transport);

  it('of a machine is moved on to its end: lines of syslog are whole in any year', async () => {
    await withDaemon({ options: ['--log-format', 'syslog'] }, async (daemon) => {
      const { stdout } = await daemon.sh('for i in $(seq 40); do for n in $(seq 250); do echo "wait 1000000000"; done > control 2>/dev/null; echo "log $i" > control; done; cat proc/uptime', []);
      const uptime = Number(stdout.split(' ')[0]);
      expect(uptime).toBeGreaterThan(8e9);
      const lines = (await readFile(daemon.log, 'utf8')).trimEnd().split('\n');
      expect(lines.filter((line) => !SYSLOG.test(line))).toEqual([]);
      expect(lines.length).toBeGreaterThanOrEqual(42);
    });
  });

  it(`stands still for its daemon ${count('stops')} times (SIGSTOP, SIGCONT) while several write: all is answered, stamps go on, and a reboot that fell due has come`, { timeout: patience('stops', 3000) }, async () => {
    await withDaemon({ options: ['--sysctl', 'kernel.panic=1'] }, async (daemon) => {
      const { process: child } = daemon;
      const load = 'for i in $(seq "$2"); do echo "log $1 $i" > control || exit; sleep 0.01; done; echo done';
      const shells = ['one', 'two'].map((name) => daemon.sh(load, [name, String(count('stops') * 100)], { timeout: patience('stops', 2500) }));
      for (let n = 0; n < count('stops'); n += 1) {
        child.kill('SIGSTOP');
        await delay(700);
        child.kill('SIGCONT');
        await delay(300);
      }
      for (const { stdout, stderr } of await Promise.all(shells)) expect({ stdout, stderr }).toEqual({ stdout: 'done\n', stderr: '' });
      const log = await readFile(daemon.log, 'utf8');
      expect(log.match(/\] (?:one|two) \d+$/gm)).toHaveLength(2 * count('stops') * 100);
      expect(stamps(log)).toEqual([...stamps(log)].sort((a, b) => a - b));
      await daemon.sh('echo panic > control');
      child.kill('SIGSTOP');
      await delay(1500);
      child.kill('SIGCONT');
      expect((await daemon.sh('cat proc/sys/vm/swappiness')).stdout).toBe('60\n');
      tell(`SIGSTOP and SIGCONT (${transport}): ${count('stops')} times; ${2 * count('stops') * 100} lines, each there`);
    });
  });
});
