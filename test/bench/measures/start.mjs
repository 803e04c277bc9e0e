// From the start of the program to a mount that answers, on all CPUs, as users start it. Beside it Node.js alone: no program written for it
// can start faster. docs/architecture.md says what bounds the rest.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { inTurns, ratios, spread } from '../statistics.mjs';
import { cpuSeconds, startSystem } from '../systems.mjs';
import { withQuartiles } from '../table.mjs';

const TARGET = 0.4;
/** How many times as long as Node.js alone it may take, by the clock. */
const TIMES = 3;
const NODE = 'Node.js alone';
const LARGE = 'dev-fuse, 64T';
const AS_MUCH = 1.05;

const optionsOf = (name, { ours }) => (ours.includes(name) ? ['--memory', '1G'] : undefined);

/** The seconds it takes: by the clock, and of CPU, including the programs it runs. */
async function timeOf(name, bench) {
  const everywhere = { ...bench, cpu: bench.allCpus };
  if (name === NODE) {
    const begun = performance.now();
    spawnSync('taskset', ['-c', bench.allCpus, process.execPath, '-e', '0']);
    return { seconds: (performance.now() - begun) / 1000 };
  }
  const system = name === LARGE ? await startSystem('dev-fuse', everywhere, ['--memory', '64T']) : await startSystem(name, everywhere, optionsOf(name, bench));
  try {
    readFileSync(system.file);
    return { seconds: system.seconds, cpu: cpuSeconds(system.pid, { children: true }) };
  } finally {
    await system.stop();
  }
}

function timesNode(ratio) {
  return { name: 'start to mounted, 1G', unit: 'of Node.js', cells: { 'dev-fuse': withQuartiles(ratio) }, target: `at most ${TIMES}`, met: ratio.median <= TIMES, details: { ratio } };
}

export async function start(bench) {
  const large = bench.ours.includes('dev-fuse') ? [LARGE] : [];
  const measured = await inTurns([...bench.names, ...large, NODE], bench.rounds, (name) => timeOf(name, bench));
  const of = (name, key) => measured.get(name)?.map((one) => one[key]);
  const spreads = (key) => Object.fromEntries([...measured.keys()].filter((name) => name !== NODE || key === 'seconds').map((name) => [name, spread(of(name, key))]));
  const [seconds, cpu] = [spreads('seconds'), spreads('cpu')];
  const cells = (all) => Object.fromEntries(bench.names.map((name) => [name, withQuartiles(all[name])]));
  const rows = [
    { name: `start to mounted, 1G (${NODE}: ${withQuartiles(seconds[NODE])})`, unit: 's', cells: cells(seconds), target: `${TARGET} s`, met: seconds['dev-fuse']?.median <= TARGET, details: seconds },
    ...bench.ours.includes('dev-fuse') ? [timesNode(ratios(of('dev-fuse', 'seconds'), of(NODE, 'seconds')))] : [],
    { name: 'start to mounted, 1G, CPU time', unit: 's', cells: cells(cpu), details: cpu },
  ];
  if (large.length === 0) return rows;
  const ratio = ratios(of(LARGE, 'cpu'), of('dev-fuse', 'cpu'));
  const clock = ratios(of(LARGE, 'seconds'), of('dev-fuse', 'seconds'));
  return [...rows, {
    name: 'start to mounted, CPU time', unit: '64T / 1G', cells: { 'dev-fuse': withQuartiles(ratio) }, clock: withQuartiles(clock), target: 'as fast',
    met: ratio.low <= AS_MUCH, details: { 'dev-fuse': { cpu: ratio, clock } },
  }];
}
