// The rest of the program, if this version has it: `--version` and `exec -- true`, and replay by a bench of its own.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../../scripts/setup.mjs';
import { say } from '../setup.mjs';
import { inTurns, ratios, spread } from '../statistics.mjs';
import { MAIN } from '../systems.mjs';
import { figure, withQuartiles } from '../table.mjs';

/** How many times as long as Node.js alone a command may take, by the clock. */
const TARGETS = { '--version': 1.5, 'exec -- true': 3.5 };

function timed(command) {
  const begun = performance.now();
  const { status, stderr } = spawnSync(command[0], command.slice(1), { encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'] });
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
  const commands = Object.fromEntries([...Object.keys(TARGETS).map((words) => [words, [process.execPath, MAIN, ...words.split(' ')]]), ['node', [process.execPath, '-e', '0']]]);
  const measured = await inTurns(Object.keys(commands), bench.rounds, async (name) => timed(commands[name]));
  const details = Object.fromEntries([...measured].map(([name, seconds]) => [name, spread(seconds)]));
  return Object.entries(TARGETS).flatMap(([words, target]) => {
    const ratio = ratios(measured.get(words), measured.get('node'));
    return [
      { name: `${words} (Node.js alone: ${withQuartiles(details.node)})`, unit: 's', cells: { 'dev-fuse': withQuartiles(details[words]) }, details },
      { name: words, unit: 'of Node.js', cells: { 'dev-fuse': withQuartiles(ratio) }, target: `at most ${target}`, met: ratio.median <= target, details: { ratio } },
    ];
  });
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
  ];
}
