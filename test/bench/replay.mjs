// How fast vmsysctld replay reads, beside grep -c 'recovery action' in two locales, from a file and from a pipe, each on one core; what
// memory it needs; and that ordinary chatter gives no event. Prints a table, and as the last line all of it as JSON.
//
//   node test/bench/replay.mjs [--megabytes N] [--piped-megabytes N] [--runs N] [--cpu N]
//
// It needs N megabytes of disk in TMPDIR, which are read from memory after the first time. The commands take turns, and the medians are
// compared: of processor time, user and system, of the whole command, start-up and all, and of the time by the clock, which on a busy
// machine measures the others too. From a pipe, that of cat is in it. Memory is also measured with --piped-megabytes, which come from a
// pipe and need no disk.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build, buildIsStale, ROOT } from '../../scripts/setup.mjs';
import { writeLog } from './log-file.mjs';
import { spread } from './statistics.mjs';

/** The promise: at least this share of grep's speed. */
const SHARE = 0.5;
const SMALL = 10e6;
const REPLAY = `"${process.execPath}" "${join(ROOT, 'dist/main.js')}" replay --json -`;
const GREP = "grep -c 'recovery action'";

const OPTIONS = { megabytes: '2000', 'piped-megabytes': '10000', runs: '7', cpu: '0' };
const { values } = parseArgs({ options: Object.fromEntries(Object.entries(OPTIONS).map(([name, value]) => [name, { type: 'string', default: value }])) });
const [bytes, pipedBytes, runs, cpu] = Object.keys(OPTIONS).map((name) => Number(values[name]) * (name.endsWith('megabytes') ? 1e6 : 1));

/** What is compared, by name: a script that finds the log in $1 and prints the number of failures in it, or a line for each. */
const COMMANDS = {
  'grep, LC_ALL=C': `LC_ALL=C ${GREP} "$1"`,
  'grep, LC_ALL=C.UTF-8': `LC_ALL=C.UTF-8 ${GREP} "$1"`,
  'replay --json': REPLAY.replace(/-$/, '"$1"'),
  'cat | grep, LC_ALL=C': `cat "$1" | LC_ALL=C ${GREP}`,
  'cat | grep, LC_ALL=C.UTF-8': `cat "$1" | LC_ALL=C.UTF-8 ${GREP}`,
  'cat | replay --json': `cat "$1" | ${REPLAY}`,
};

/** Runs one of them on one core: seconds of processor time and by the clock, and what it printed. */
function timed(script, path) {
  const { stdout, stderr, status, error } = spawnSync('taskset', ['-c', String(cpu), 'bash', '--norc', '-c', `TIMEFORMAT='%U %S %R'; time { ${script}; } 2> /dev/null`, 'bash', path], {
    encoding: 'utf8', maxBuffer: 1 << 28, env: { ...process.env, LC_NUMERIC: 'C' },
  });
  if (error || status !== 0) throw error ?? new Error(`${script}: status ${status}\n${stderr}`);
  const [user = 0, system = 0, wall = 0] = stderr.trim().split(' ').map(Number);
  return { cpu: user + system, wall, stdout };
}

/** The most memory in kB that replay used at any time, when it reads a log several times from a pipe, or once as a file. */
function peak(path, times) {
  return new Promise((resolve, reject) => {
    const script = times === undefined ? `exec ${REPLAY.replace(/-$/, '"$1"')}` : `exec ${REPLAY} < <(for ((n = 0; n < $2; n++)); do cat "$1"; done)`;
    const child = spawn('bash', ['--norc', '-c', script, 'bash', path, String(times)], { stdio: ['ignore', 'ignore', 'inherit'] });
    let most = 0;
    const timer = setInterval(() => {
      try {
        const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
        if (/^Name:\s+node/.test(status)) most = Math.max(most, Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? 0));
      } catch {
        // The process has just ended.
      }
    }, 5);
    child.on('error', reject);
    child.on('close', () => {
      clearInterval(timer);
      resolve(most);
    });
  });
}

if (buildIsStale()) build();
const directory = mkdtempSync(join(tmpdir(), 'vmsysctld-bench-'));
try {
  const path = join(directory, 'kern.log');
  const failures = writeLog(path, bytes);
  timed(COMMANDS['grep, LC_ALL=C'], path);
  const times = Object.fromEntries(Object.keys(COMMANDS).map((name) => [name, { cpu: [], wall: [] }]));
  for (let run = 0; run < runs; run += 1) {
    for (const [name, script] of Object.entries(COMMANDS)) {
      const { stdout, ...seconds } = timed(script, path);
      const found = name.includes('grep') ? Number(stdout) : stdout.split('\n').length - 1;
      if (found !== failures) throw new Error(`${failures} failures were written, ${name} found ${found}`);
      for (const [clock, value] of Object.entries(seconds)) times[name][clock].push(value);
    }
  }
  const medians = Object.fromEntries(Object.entries(times).map(([name, { cpu: seconds, wall }]) => [name, { cpu: spread(seconds).median, wall: spread(wall).median }]));
  const beside = (ours, grep) => Object.fromEntries(['cpu', 'wall'].map((clock) => [clock, medians[grep][clock] / medians[ours][clock]]));
  const shares = {
    file: beside('replay --json', 'grep, LC_ALL=C'), fileUtf8: beside('replay --json', 'grep, LC_ALL=C.UTF-8'),
    pipe: beside('cat | replay --json', 'cat | grep, LC_ALL=C'), pipeUtf8: beside('cat | replay --json', 'cat | grep, LC_ALL=C.UTF-8'),
  };
  const share = shares.file.cpu;

  const repeated = Math.max(1, Math.ceil(pipedBytes / bytes));
  const memory = { large: await peak(path), piped: await peak(path, repeated) };
  truncateSync(path, Math.min(bytes, SMALL));
  memory.small = await peak(path);
  writeLog(path, bytes, false);
  const chatter = timed(COMMANDS['replay --json'], path).stdout.split('\n').length - 1;

  const megabytes = (kB) => `${(kB / 1000).toFixed(0)} MB`;
  const rows = [
    [`${values.megabytes} MB, medians of ${runs}`, 'CPU seconds', 'by the clock', 'MB/s of CPU'],
    ...Object.entries(medians).map(([name, { cpu: seconds, wall }]) => [name, seconds.toFixed(2), wall.toFixed(2), (bytes / seconds / 1e6).toFixed(0)]),
    ['replay, of grep', 'CPU', 'by the clock', ''],
    ...Object.entries({ 'LC_ALL=C': shares.file, 'LC_ALL=C.UTF-8': shares.fileUtf8, 'LC_ALL=C, after cat |': shares.pipe, 'LC_ALL=C.UTF-8, after cat |': shares.pipeUtf8 })
      .map(([name, { cpu: first, wall }]) => [name, first.toFixed(2), wall.toFixed(2), '']),
    [`at least ${SHARE}`, share >= SHARE ? 'met' : 'MISSED', '', ''],
    ['replay, peak of memory', '', '', ''],
    [`${SMALL / 1e6} MB`, megabytes(memory.small), '', ''],
    [`${values.megabytes} MB`, megabytes(memory.large), '', ''],
    [`${((repeated * bytes) / 1e6).toFixed(0)} MB, from a pipe`, megabytes(memory.piped), '', ''],
    [`events in ${values.megabytes} MB of chatter`, String(chatter), '', ''],
  ];
  for (const [name, ...cells] of rows) console.log(`${name.padEnd(30)}${cells.map((cell) => cell.padStart(14)).join('')}`.trimEnd());
  console.log(JSON.stringify({ name: 'replay', bytes, pipedBytes: repeated * bytes, failures, seconds: times, medians, shares, share, promised: SHARE, memoryKb: memory, chatterEvents: chatter }));
  if (chatter > 0) process.exitCode = 1;
} finally {
  rmSync(directory, { recursive: true, force: true });
}
