// npm run bench: everything that is measured, in one run, as one table. See RESULTS.md for the last full run, and for how to read it.
//
//   npm run bench -- [--quick] [--json FILE] [--markdown FILE] [--cpu N] [--rounds N] [--only WORD]
//
// All servers and all load share one CPU, so that what is measured is the cost of an operation as a whole; what is compared takes turns. Needs
// root and /dev/fuse. It gives vm.swappiness of this machine the value it has, and changes nothing else.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { setupOrExit } from '../../scripts/setup.mjs';
import { machineDescription } from './machine.mjs';
import { injections } from './measures/injections.mjs';
import { kpageflags } from './measures/kpageflags.mjs';
import { memory } from './measures/memory.mjs';
import { operations } from './measures/operations.mjs';
import { exec, replay } from './measures/programs.mjs';
import { size } from './measures/size.mjs';
import { start } from './measures/start.mjs';
import { sysctls } from './measures/sysctls.mjs';
import { systemCalls } from './measures/system-calls.mjs';
import { wear } from './measures/wear.mjs';
import { resultsDocument, resultsTable } from './results.mjs';
import { bundle, compile, fuse3Options, installNeeds, say } from './setup.mjs';
import { stopAll, SYSTEMS } from './systems.mjs';

const MEASURES = { operations, sysctls, systemCalls, wear, injections, kpageflags, start, size, memory, exec, replay };

function fail(text) {
  process.stderr.write(`bench: ${text}\n`);
  process.exit(2);
}

function given() {
  try {
    return parseArgs({
      options: {
        quick: { type: 'boolean', default: false }, json: { type: 'string' }, markdown: { type: 'string' }, cpu: { type: 'string' },
        rounds: { type: 'string' }, only: { type: 'string' },
      },
    }).values;
  } catch (error) {
    return fail(error.message);
  }
}

function wholeNumber(name, text, least, most) {
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  return value >= least && value <= most ? value : fail(`--${name} takes a number from ${least} to ${most}, not '${text}'`);
}

const allCpus = `0-${availableParallelism() - 1}`;
const options = given();
const cpu = wholeNumber('cpu', options.cpu ?? String(availableParallelism() - 1), 0, 1023);
const rounds = wholeNumber('rounds', options.rounds ?? (options.quick ? '3' : '11'), 1, 1000);
if (options.only !== undefined && !(options.only in MEASURES)) fail(`--only takes one of ${Object.keys(MEASURES).join(', ')}, not '${options.only}'`);
if (process.geteuid() !== 0) fail('it mounts filesystems of several kinds: run it as root');
setupOrExit();
if (process.env.NODE_EXTRA_CA_CERTS) say('NODE_EXTRA_CA_CERTS is set: before Node.js 22 it makes every start slower, so the ratios of starts come out too good. Unset it');
const there = installNeeds();
if (!there.has('gcc') || !there.has('taskset')) fail('there is no measuring without gcc and taskset');
// The load of this program runs on the same CPU too.
if (spawnSync('taskset', ['-acp', String(cpu), String(process.pid)], { stdio: 'ignore' }).status !== 0) fail(`there is no CPU ${cpu} to run on: name one with --cpu N`);

const directory = mkdtempSync(join(tmpdir(), 'vmsysctld-bench-'));
const leave = (status) => {
  void stopAll().finally(() => {
    rmSync(directory, { recursive: true, force: true });
    process.exit(status);
  });
};
process.on('SIGINT', () => leave(130));
process.on('SIGTERM', () => leave(143));
try {
  const names = Object.keys(SYSTEMS).filter((name) => SYSTEMS[name].needs === undefined || there.has(SYSTEMS[name].needs));
  const programs = { load: compile('load', directory, '-pthread'), nodeReference: await bundle('reference', directory) };
  if (there.has('libfuse3')) programs.reference = compile('reference', directory, ...fuse3Options());
  const bench = { directory, cpu, allCpus, programs, there, names, ours: names.filter((name) => SYSTEMS[name].ours), rounds, quick: options.quick, milliseconds: options.quick ? 100 : 250 };
  const results = [];
  for (const [name, measure] of Object.entries(MEASURES)) {
    if (options.only !== undefined && options.only !== name) continue;
    const begun = performance.now();
    results.push(...(await measure(bench)));
    say(`${name}: ${((performance.now() - begun) / 1000).toFixed(0)} s`);
  }
  const machine = machineDescription(directory);
  const run = { date: new Date().toISOString().slice(0, 10), quick: options.quick, rounds, milliseconds: bench.milliseconds, machine, results };
  process.stdout.write(`${resultsTable(names, results)}\n`);
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(run, null, 2)}\n`);
  if (options.markdown !== undefined) writeFileSync(options.markdown, resultsDocument(names, run));
} finally {
  await stopAll();
  rmSync(directory, { recursive: true, force: true });
}
