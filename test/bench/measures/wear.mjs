// Whether bursts of many threads make a transport slower: one that had them and one that had none, in turns.
import { load } from '../load.mjs';
import { inTurns, ratios } from '../statistics.mjs';
import { startSystem } from '../systems.mjs';
import { withQuartiles } from '../table.mjs';

const THREADS = 40;
const BURST = 20;
const TARGET = 0.95;
const OPERATION = 'open-read-close';

export async function wear(bench) {
  const bursts = bench.quick ? 40 : 200;
  const results = {};
  for (const name of bench.ours) {
    const systems = [];
    try {
      for (let n = 0; n < 2; n += 1) systems.push(await startSystem(name, bench));
      const [worn, fresh] = systems;
      for (const system of systems) await load(system, OPERATION, 1, 4 * bench.milliseconds, bench);
      for (let burst = 0; burst < bursts; burst += 1) await load(worn, OPERATION, THREADS, BURST, bench);
      const measured = await inTurns(systems, bench.rounds, (system) => load(system, OPERATION, 1, bench.milliseconds, bench));
      const by = (key) => ratios(...[worn, fresh].map((system) => measured.get(system).map((one) => one[key])));
      results[name] = { ofFresh: by('perCpuSecond'), ofFreshByTheClock: by('perSecond') };
    } finally {
      for (const system of systems) await system.stop();
    }
  }
  const ours = results['dev-fuse'];
  return [{
    name: `after ${bursts} bursts of ${THREADS} threads`,
    unit: 'of fresh',
    cells: Object.fromEntries(Object.entries(results).map(([name, { ofFresh }]) => [name, withQuartiles(ofFresh)])),
    clock: ours && withQuartiles(ours.ofFreshByTheClock),
    target: `${TARGET} of fresh`,
    met: ours && ours.ofFresh.median >= TARGET,
    details: results,
  }];
}
