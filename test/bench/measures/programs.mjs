// The rest of the program, if this version has it: `--version`, `exec -- true` and replay of small logs, and replay by a bench of its own.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../../scripts/setup.mjs';
import { writeSmallLogs } from '../log-file.mjs';
import { say } from '../setup.mjs';
import { inTurns, ratios, spread } from '../statistics.mjs';
import { MAIN } from '../systems.mjs';
import { figure, withQuartiles } from '../table.mjs';

/** How many times as long as Node.js alone a command may take, by the clock. `log`: a small log. */
const TARGETS = { '--version': 1.5, 'exec -- true': 3.5, 'replay log': 1.5 };
/** Many small logs, and the milliseconds that each may take. */
const LOGS = 3000;
const MILLISECONDS_A_LOG = 0.4;

/** Seconds by the clock, on all CPUs, as users run it. */
function timed(command, { allCpus }) {
  const begun = performance.now();
  const { status, stderr } = spawnSync('taskset', ['-c', allCpus, ...command], { encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'] });
  if (status !== 0) throw new Error(`${command.join(' ')}: status ${status}\n${stderr}`);
  return (performance.now() - begun) / 1000;
}

function hasCommand(word) {
  const { stdout } = spawnSync(process.execPath, [MAIN, '--help'], { encoding: 'utf8' });
  return new RegExp(String.raw`^\s+\S+ ${word}\b`, 'm').test(stdout);
}

export async function exec(bench) {
  if (!hasCommand('exec')) {
    say('vmsysctld has no exec here: left out');
    return [];
  }
  const [log] = writeSmallLogs(bench.directory, 1);
  const program = (words) => [process.execPath, MAIN, ...words.split(' ').map((word) => (word === 'log' ? log : word))];
  const commands = Object.fromEntries([...Object.keys(TARGETS).map((words) => [words, program(words)]), ['node', [process.execPath, '-e', '0']]]);
  const measured = await inTurns(Object.keys(commands), bench.rounds, async (name) => timed(commands[name], bench));
  const details = Object.fromEntries([...measured].map(([name, seconds]) => [name, spread(seconds)]));
  return Object.entries(TARGETS).flatMap(([words, target]) => {
    const ratio = ratios(measured.get(words), measured.get('node'));
    return [
      { name: `${words} (Node.js alone: ${withQuartiles(details.node)})`, unit: 's', cells: { 'dev-fuse': withQuartiles(details[words]) }, details },
      { name: words, unit: 'of Node.js', cells: { 'dev-fuse': withQuartiles(ratio) }, target: `at most ${target}`, met: ratio.median <= target, details: { ratio } },
    ];
  });
}

/** How long many small logs take, by the clock. */
async function smallLogs(bench) {
  const directory = mkdtempSync(join(bench.directory, 'small-'));
  const command = [process.execPath, MAIN, 'replay', ...writeSmallLogs(directory, LOGS)];
  const measured = await inTurns(['replay'], bench.rounds, async () => (timed(command, bench) / LOGS) * 1000);
  const each = spread(measured.get('replay'));
  return {
    name: `replay, ${LOGS.toLocaleString('en')} logs of 600 bytes, each`, unit: 'ms', cells: { 'dev-fuse': withQuartiles(each) }, target: `${MILLISECONDS_A_LOG} ms`,
    met: each.median <= MILLISECONDS_A_LOG, details: { each },
  };
}

/** Replay's own bench prints its results as JSON in its last line. */
export async function replay(bench) {
  const script = join(ROOT, 'test/bench/replay.mjs');
  if (!existsSync(script) || !hasCommand('replay')) {
    say('vmsysctld has no replay here: left out');
    return [];
  }
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, '--cpu', String(bench.cpu), ...(bench.quick ? ['--megabytes', '200', '--piped-megabytes', '1000', '--runs', '2'] : [])], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${script}: status ${status}\n${stdout}${stderr}`);
  const details = JSON.parse(stdout.trim().split('\n').at(-1));
  const { share, shares, promised, memoryKb: { small, piped }, pipedBytes } = details;
  return [
    { name: "replay, beside grep -c 'recovery action'", unit: 'of grep', cells: { 'dev-fuse': figure(share) }, clock: figure(shares.file.wall), target: `${promised} of grep`, met: share >= promised, details },
    { name: `replay, memory for ${figure(pipedBytes / 1e9)} GB (for 10 MB: ${figure(small / 1000)})`, unit: 'MB', cells: { 'dev-fuse': figure(piped / 1000) }, details: {} },
    await smallLogs(bench),
  ];
}
