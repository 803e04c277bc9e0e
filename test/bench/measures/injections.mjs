// Injections a second through the control file, their lines in the log on disk, which are counted.
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { inTurns, spread } from '../statistics.mjs';
import { cpuSeconds, startSystem } from '../systems.mjs';
import { figure } from '../table.mjs';

const BATCH = 10_000;
const TARGET = 100_000;

const WAYS = [
  { name: 'injections, one a write', text: 'inject type=free\n', each: 1, warm: 10_000, writes: (quick) => (quick ? 5000 : 20_000) },
  { name: 'injections, 10,000 lines a write', text: 'inject type=free\n'.repeat(BATCH), each: BATCH, warm: 5, writes: (quick) => (quick ? 5 : 20), target: TARGET },
  { name: 'injections, count=10000', text: `inject type=free count=${BATCH}\n`, each: BATCH, warm: 5, writes: (quick) => (quick ? 5 : 20), target: TARGET },
];

/** Writes all of a text, in as many writes as it takes: the kernel takes only a part of it at a time. */
function writeAll(file, bytes) {
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
}

function injectBy({ text, each }, system, times) {
  const bytes = Buffer.from(text);
  const file = openSync(join(system.mountPoint, 'control'), 'w');
  const own = process.cpuUsage();
  const [begun, server] = [performance.now(), cpuSeconds(system.pid)];
  for (let n = 0; n < times; n += 1) writeAll(file, bytes);
  const seconds = (performance.now() - begun) / 1000;
  const { user, system: kernel } = process.cpuUsage(own);
  const cpu = cpuSeconds(system.pid) - server + (user + kernel) / 1e6;
  closeSync(file);
  return { injections: times * each, perSecond: (times * each) / seconds, perCpuSecond: (times * each) / cpu };
}

function linesIn(log) {
  return readFileSync(log, 'latin1').split('recovery action').length - 1;
}

export async function injections(bench) {
  const results = [];
  const rounds = Math.min(bench.rounds, 5);
  for (const way of WAYS) {
    const cells = {};
    const details = {};
    const measured = await inTurns(bench.ours, rounds, async (name) => {
      const system = await startSystem(name, bench);
      try {
        const warm = injectBy(way, system, way.warm);
        const result = injectBy(way, system, way.writes(bench.quick));
        const [lines, told] = [linesIn(system.log), warm.injections + result.injections];
        if (lines !== told) throw new Error(`${told} injections by ${name}, and ${lines} of them in the log`);
        return result;
      } finally {
        await system.stop();
      }
    });
    for (const [name, all] of measured) {
      details[name] = { perCpuSecond: spread(all.map((one) => one.perCpuSecond)), perSecond: spread(all.map((one) => one.perSecond)) };
      cells[name] = figure(details[name].perCpuSecond.median);
    }
    const ours = details['dev-fuse'];
    results.push({
      name: way.name,
      unit: '1/s',
      cells,
      clock: ours && `${figure(ours.perSecond.median)} /s`,
      ...(way.target && { target: `${figure(way.target)} /s`, met: ours && ours.perCpuSecond.median >= way.target }),
      details,
    });
  }
  return results;
}
