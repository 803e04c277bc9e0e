// What Node.js adds to each request, whatever the server does: one fs.readSync and one fs.writeSync, compared with read(2) and write(2) in
// C. It bounds what dev-fuse can reach.
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { load } from '../load.mjs';
import { inTurns, spread } from '../statistics.mjs';
import { figure, withQuartiles } from '../table.mjs';

/** As long as the load's, and as a short reply. */
const LENGTH = 64;
const CALLS = 200_000;

function nodeMicroseconds() {
  const buffer = new Uint8Array(LENGTH);
  const [from, to] = [openSync('/dev/zero', 'r'), openSync('/dev/null', 'w')];
  const before = process.cpuUsage();
  for (let n = 0; n < CALLS; n += 1) {
    readSync(from, buffer, 0, LENGTH, null);
    writeSync(to, buffer, 0, LENGTH);
  }
  const { user, system } = process.cpuUsage(before);
  closeSync(from);
  closeSync(to);
  return (user + system) / CALLS;
}

async function cMicroseconds(bench) {
  const both = [
    await load({ file: '/dev/zero', text: '', pid: 0 }, 'pread', 1, bench.milliseconds, bench),
    await load({ file: '/dev/null', text: ' '.repeat(LENGTH), pid: 0 }, 'pwrite', 1, bench.milliseconds, bench),
  ];
  return both.reduce((sum, { perCpuSecond }) => sum + 1e6 / perCpuSecond, 0);
}

export async function systemCalls(bench) {
  nodeMicroseconds();
  const ways = { node: async () => nodeMicroseconds(), c: () => cMicroseconds(bench) };
  const measured = await inTurns(Object.keys(ways), bench.rounds, (name) => ways[name]());
  const [node, c] = [spread(measured.get('node')), spread(measured.get('c'))];
  const added = spread(measured.get('node').map((each, round) => each - measured.get('c')[round]));
  return [{
    name: `read + write, in Node.js and in C: Node.js adds ${figure(added.median)} to a request`, unit: 'us',
    cells: { 'dev-fuse': withQuartiles(node), 'C libfuse3': withQuartiles(c) }, details: { node, c, added },
  }];
}
