// Whether the largest machine is as fast and as small as a small one.
import { load } from '../load.mjs';
import { inTurns, ratios } from '../statistics.mjs';
import { residentMegabytes, startSystem } from '../systems.mjs';
import { figure, withQuartiles } from '../table.mjs';

const OPERATIONS = ['open-read-close', 'open-write-close'];
const LEAST = 0.95;
const MOST = 1.05;

export async function size(bench) {
  const rows = [];
  for (const name of bench.ours) {
    const systems = [];
    try {
      for (const memory of ['64T', '1G']) systems.push(await startSystem(name, bench, ['--memory', memory]));
      for (const operation of OPERATIONS) {
        for (const system of systems) await load(system, operation, 1, 4 * bench.milliseconds, bench);
        const measured = await inTurns(systems, bench.rounds, (system) => load(system, operation, 1, bench.milliseconds, bench));
        const by = (key) => ratios(...systems.map((system) => measured.get(system).map((one) => one[key])));
        const speed = by('perCpuSecond');
        rows.push({ name: `${operation}, memory 64T`, unit: '64T / 1G', system: name, cell: withQuartiles(speed), value: speed, clock: by('perSecond'), target: 'as fast', met: speed.high >= LEAST });
      }
      const [large, small] = systems.map(({ pid }) => residentMegabytes(pid));
      rows.push({ name: 'resident memory, 64T, after the same', unit: '64T / 1G', system: name, cell: `${figure(large / small)} (${figure(large)} / ${figure(small)} MB)`, value: { large, small }, target: 'as small', met: large / small <= MOST });
    } finally {
      for (const system of systems) await system.stop();
    }
  }
  return joined(rows);
}

/** Joins the rows of the same name, one for each transport, into one. */
function joined(rows) {
  const byName = Map.groupBy?.(rows, ({ name }) => name) ?? rows.reduce((map, row) => map.set(row.name, [...(map.get(row.name) ?? []), row]), new Map());
  return [...byName].map(([name, all]) => {
    const ours = all.find(({ system }) => system === 'dev-fuse');
    return {
      name, unit: all[0].unit, cells: Object.fromEntries(all.map(({ system, cell }) => [system, cell])), target: all[0].target, met: ours?.met,
      ...(ours?.clock && { clock: withQuartiles(ours.clock) }),
      details: Object.fromEntries(all.map(({ system, value, clock }) => [system, { value, ...(clock && { clock }) }])),
    };
  });
}
