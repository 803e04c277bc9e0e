// The eight rows: four operations with one thread and with eight, on every filesystem and on /proc/sys itself.
import { readFileSync } from 'node:fs';
import { load, OPERATIONS, writes } from '../load.mjs';
import { inTurns, ratios, spread } from '../statistics.mjs';
import { startSystem, SYSTEMS, withSystems } from '../systems.mjs';
import { figure, withQuartiles } from '../table.mjs';

const REAL = '/proc/sys/vm/swappiness';
const REFERENCE = 'C libfuse3';
const THREADED = 'C libfuse3, threads';
const TARGET = 0.9;

/** The kernel's own file. Only its present value is written to it. */
function realSysctl() {
  return { name: '/proc/sys', file: REAL, text: readFileSync(REAL, 'utf8').trim(), pid: 0 };
}

export async function operations(bench) {
  const rows = OPERATIONS.flatMap((operation) => [1, 8].map((threads) => ({ operation, threads })));
  const measured = new Map(rows.map((row) => [row, new Map()]));
  const steady = bench.names.filter((name) => !SYSTEMS[name].wears);
  const wearing = bench.names.filter((name) => SYSTEMS[name].wears);
  await withSystems(steady, bench, async (systems) => {
    const all = [...systems, realSysctl()];
    for (const system of systems) await warmUp(system, rows, bench);
    for (let round = 0; round < bench.rounds; round += 1) {
      const fresh = [];
      try {
        for (const name of wearing) fresh.push(await startSystem(name, bench));
        for (const system of fresh) await warmUp(system, rows, bench);
        for (const row of rows) {
          const able = [...all, ...fresh].filter(({ text }) => text !== undefined || !writes(row.operation));
          // Each row of each round begins with another system.
          const [first, ...rest] = able.splice(round % able.length);
          for (const [system, [result]] of await inTurns([first, ...rest, ...able], 1, (one) => load(one, row.operation, row.threads, bench.milliseconds, bench))) {
            const results = measured.get(row);
            results.set(system.name, [...(results.get(system.name) ?? []), result]);
          }
        }
      } finally {
        for (const system of fresh) await system.stop();
      }
    }
  });
  return rows.map((row) => result(row, measured.get(row)));
}

async function warmUp(system, rows, bench) {
  for (const { operation } of rows) if (system.text !== undefined || !writes(operation)) await load(system, operation, 1, bench.milliseconds, bench);
}

function result({ operation, threads }, measured) {
  const by = (name, key) => measured.get(name)?.map((one) => one[key]);
  const cells = {};
  const details = {};
  const reference = { cpu: by(REFERENCE, 'perCpuSecond'), clock: by(REFERENCE, 'perSecond') };
  for (const name of measured.keys()) {
    const [cpu, clock] = [by(name, 'perCpuSecond'), by(name, 'perSecond')];
    const share = reference.cpu && { cpu: ratios(cpu, reference.cpu), clock: ratios(clock, reference.clock) };
    details[name] = { perCpuSecond: spread(cpu), perSecond: spread(clock), ...(share && { ofReference: share.cpu, ofReferenceByTheClock: share.clock }) };
    cells[name] = figure(spread(cpu).median) + (share && name !== REFERENCE ? `, ${figure(share.cpu.median)}` : '');
  }
  const ours = details['dev-fuse']?.ofReference;
  const ofThreaded = ours && ratios(by('dev-fuse', 'perCpuSecond'), by(THREADED, 'perCpuSecond'));
  return {
    name: `${operation}, ${threads} thread${threads === 1 ? '' : 's'}`,
    unit: '1/s',
    cells,
    ...(ours && { ratio: withQuartiles(ours), threaded: withQuartiles(ofThreaded), clock: withQuartiles(details['dev-fuse'].ofReferenceByTheClock), target: `${TARGET} of C`, met: ours.median >= TARGET }),
    details: { ...details, ofThreaded },
  };
}
