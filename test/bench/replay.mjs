// How fast vmsysctld replay reads, beside grep -c 'recovery action' on the same file, each on one core; what memory it needs; and that ordinary
// chatter gives no event. Prints a table, and as the last line all of it as JSON.
//
//   node test/bench/replay.mjs [--megabytes N] [--runs N]
//
// It needs N megabytes of disk in TMPDIR, which are read from memory after the first time. What counts is processor time, user and system, of
// the whole command, start-up and all: on a busy machine the wall clock measures the others. The two programs take turns, and the best of each
// is compared, which is the one least disturbed.
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, truncateSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build, buildIsStale, ROOT } from '../../scripts/setup.mjs';
import { chatterLine, failureLine } from '../support/chatter.mjs';

/** What is promised: at least this share of grep's speed. */
const SHARE = 0.5;
const LINES_A_FAILURE = 100_000;
const MAIN = join(ROOT, 'dist/main.js');

const { values } = parseArgs({ options: { megabytes: { type: 'string', default: '2000' }, runs: { type: 'string', default: '5' } } });
const bytes = Number(values.megabytes) * 1e6;
const runs = Number(values.runs);

/** Writes lines until there are so many bytes; how many failures are among them. */
function writeLog(path, size, withFailures) {
  const file = openSync(path, 'w');
  let failures = 0;
  for (let n = 0, written = 0; written < size;) {
    const lines = [];
    for (const end = n + 20_000; n < end; n += 1) {
      lines.push(chatterLine(n));
      if (withFailures && n % LINES_A_FAILURE === LINES_A_FAILURE - 1) {
        lines.push(failureLine(n));
        failures += 1;
      }
    }
    written += writeSync(file, lines.join(''));
  }
  closeSync(file);
  return failures;
}

/** Runs a command on one core: seconds of processor time and on the wall clock, and what it printed. */
function timed(command) {
  const script = "TIMEFORMAT='%U %S %R'; time taskset -c 0 \"$@\" 2>/dev/null";
  const { stdout, stderr, status, error } = spawnSync('bash', ['--norc', '-c', script, 'bash', ...command], { encoding: 'utf8', maxBuffer: 1 << 28, env: { ...process.env, LC_NUMERIC: 'C' } });
  if (error || (status ?? 1) > 1) throw error ?? new Error(`${command.join(' ')}: status ${status}`);
  const [user = 0, system = 0, wall = 0] = stderr.trim().split(' ').map(Number);
  return { seconds: user + system, wall, stdout };
}

/** The most memory in kB that a command ever had. */
function peak(command) {
  return new Promise((resolve, reject) => {
    const child = spawn(command[0], command.slice(1), { stdio: ['ignore', 'ignore', 'inherit'] });
    let most = 0;
    const timer = setInterval(() => {
      try {
        most = Math.max(most, Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? 0));
      } catch {
        // It has just ended.
      }
    }, 5);
    child.on('error', reject);
    child.on('close', () => {
      clearInterval(timer);
      resolve(most);
    });
  });
}

const replay = (path) => [process.execPath, MAIN, 'replay', '--json', path];

if (buildIsStale()) build();
const directory = mkdtempSync(join(tmpdir(), 'vmsysctld-bench-'));
try {
  const path = join(directory, 'kern.log');
  const failures = writeLog(path, bytes, true);
  const times = { grep: [], replay: [] };
  timed(['grep', '-c', 'recovery action', path]);
  for (let run = 0; run < runs; run += 1) {
    const grep = timed(['grep', '-c', 'recovery action', path]);
    const ours = timed(replay(path));
    const found = ours.stdout.split('\n').length - 1;
    if (Number(grep.stdout) !== failures || found !== failures) throw new Error(`${failures} failures were written, grep found ${grep.stdout.trim()}, replay ${found}`);
    times.grep.push(grep.seconds);
    times.replay.push(ours.seconds);
  }
  const memory = { large: await peak(replay(path)) };
  truncateSync(path, Math.min(bytes, 10e6));
  memory.small = await peak(replay(path));
  writeLog(path, bytes, false);
  const chatter = timed(replay(path)).stdout.split('\n').length - 1;

  const best = { grep: Math.min(...times.grep), replay: Math.min(...times.replay) };
  const share = best.grep / best.replay;
  const rate = (seconds) => `${(bytes / seconds / 1e6).toFixed(0)} MB/s`;
  const rows = [
    ['', 'CPU seconds', 'speed', 'of grep'],
    ["grep -c 'recovery action'", best.grep.toFixed(2), rate(best.grep), ''],
    ['vmsysctld replay --json', best.replay.toFixed(2), rate(best.replay), `${share.toFixed(2)} (${share >= SHARE ? 'at least' : 'LESS THAN'} ${SHARE})`],
    ['', 'memory', '', ''],
    ['10 MB', `${(memory.small / 1000).toFixed(0)} MB`, '', ''],
    [`${values.megabytes} MB`, `${(memory.large / 1000).toFixed(0)} MB`, '', ''],
    ['', 'events', '', ''],
    [`${values.megabytes} MB of chatter`, String(chatter), '', ''],
  ];
  for (const [name, ...cells] of rows) console.log(`${name.padEnd(28)}${cells.map((cell) => cell.padStart(14)).join('')}`.trimEnd());
  console.log(JSON.stringify({ name: 'replay', bytes, failures, seconds: times, best, share, promised: SHARE, memoryKb: memory, chatterEvents: chatter }));
  if (chatter > 0) process.exitCode = 1;
} finally {
  rmSync(directory, { recursive: true, force: true });
}
