// How much a server grows over a million operations when it is warm, and over the next million. The second number shows a leak, because by
// then the heap has its size.
import { load, OPERATIONS } from '../load.mjs';
import { residentMegabytes, SYSTEMS, startSystem } from '../systems.mjs';
import { figure } from '../table.mjs';

const WARM = 0.1;
const TARGET = 10;

/** Does all operations in turn, with one thread and with two, up to a number of them. */
async function work(system, operations, bench) {
  let count = 0;
  for (let n = 0; count < operations; n += 1) count += (await load(system, OPERATIONS[n % OPERATIONS.length], 1 + (n % 2), 4 * bench.milliseconds, bench)).count;
  return count;
}

export async function memory(bench) {
  const cells = {};
  const details = {};
  const goal = bench.quick ? 50_000 : 1_000_000;
  for (const name of bench.names.filter((each) => SYSTEMS[each].text !== undefined)) {
    // A server that is worn out by threads is ten times slower, so it gets a tenth of the operations.
    const operations = SYSTEMS[name].wears ? goal / 10 : goal;
    const system = await startSystem(name, bench);
    try {
      await work(system, operations * WARM, bench);
      const before = residentMegabytes(system.pid);
      const count = await work(system, operations, bench);
      const after = residentMegabytes(system.pid);
      const more = await work(system, operations, bench);
      const later = residentMegabytes(system.pid);
      const fewer = operations === goal ? '' : `; ${figure(operations)} operations`;
      cells[name] = `${figure(after - before)}, then ${figure(later - after)} (${figure(before)}, ${figure(after)}, ${figure(later)}${fewer})`;
      details[name] = { before, after, later, operations: count + more };
    } finally {
      await system.stop();
    }
  }
  const ours = details['dev-fuse'];
  return [{
    name: `resident memory, growth over ${figure(goal)} operations, and the next`, unit: 'MB', cells, target: `< ${TARGET} MB`, met: ours && ours.after - ours.before < TARGET, details,
  }];
}
