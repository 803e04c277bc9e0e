// `sysctl -a`, with a mount in place of /proc/sys and on the machine itself, in turns, on all CPUs, as users run it.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { inTurns, ratios, spread } from '../statistics.mjs';
import { cpuSeconds, startSystem } from '../systems.mjs';
import { figure, withQuartiles } from '../table.mjs';

const REAL = '/proc/sys';
/** The most that a mount may take for a file, as a multiple of the machine's own time. */
const TIMES = 4;
const MICROSECONDS = 1e6;
/** How often a measurement runs the program. */
const RUNS = 10;

/** Runs the program in a mount namespace where `$1` is at /proc/sys. Prints when it began and ended, in seconds, then what its runs took of the CPU. */
const SCRIPT = `
set -e
[ "$1" = ${REAL} ] || mount --bind "$1" ${REAL}
begun=$EPOCHREALTIME
for run in {1..${RUNS}}; do sysctl -a >/dev/null 2>&1; done
echo "$begun $EPOCHREALTIME"
times
`;

function filesBelow(directory) {
  return readdirSync(directory, { withFileTypes: true }).reduce(
    (count, entry) => count + (entry.isDirectory() ? filesBelow(join(directory, entry.name)) : 1), 0,
  );
}

/** `1m2.345s` of the shell's `times`, in seconds. */
function seconds(text) {
  const [, minutes = '0', rest = '0'] = /^(\d+)m([\d.]+)s$/.exec(text) ?? [];
  return Number(minutes) * 60 + Number(rest);
}

/** Microseconds for each file: by the clock, and of CPU time (client and server). */
function readAll({ directory, files, pid }, allCpus) {
  const server = pid === 0 ? 0 : cpuSeconds(pid);
  const { stdout, stderr, status } = spawnSync('taskset', ['-c', allCpus, 'unshare', '--mount', 'bash', '-c', SCRIPT, 'bash', directory], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`sysctl -a on ${directory} failed:\n${stderr}`);
  const lines = stdout.trim().split('\n');
  const [begun, ended] = lines[0].split(' ').map(Number);
  const [user, system] = lines.at(-1).split(' ');
  const cpu = seconds(user) + seconds(system) + (pid === 0 ? 0 : cpuSeconds(pid) - server);
  const perFile = (time) => (time / RUNS / files) * MICROSECONDS;
  return { wall: perFile(ended - begun), cpu: perFile(cpu) };
}

export async function sysctls(bench) {
  if (!bench.there.has('sysctl')) return [];
  const systems = [];
  try {
    for (const name of bench.ours) systems.push(await startSystem(name, { ...bench, cpu: bench.allCpus }));
    const all = [...systems.map(({ name, mountPoint, pid }) => ({ name, directory: join(mountPoint, 'proc/sys'), pid })), { name: REAL, directory: REAL, pid: 0 }]
      .map((each) => ({ ...each, files: filesBelow(each.directory) }));
    for (const each of all) readAll(each, bench.allCpus);
    const measured = await inTurns(all, bench.rounds, (each) => readAll(each, bench.allCpus));
    const by = (name, key) => [...measured].find(([each]) => each.name === name)?.[1].map((one) => one[key]);
    const details = Object.fromEntries(all.map(({ name, files }) => [name, { files, wall: spread(by(name, 'wall')), cpu: spread(by(name, 'cpu')) }]));
    const cells = (key) => Object.fromEntries(Object.entries(details).map(([name, each]) => [name, figure(each[key].median)]));
    const share = by('dev-fuse', 'wall') && ratios(by('dev-fuse', 'wall'), by(REAL, 'wall'));
    return [
      { name: 'sysctl -a, a file, by the clock', unit: 'µs', cells: cells('wall'), details },
      ...share ? [{
        name: 'sysctl -a, a file, by the clock', unit: 'of /proc/sys', cells: { 'dev-fuse': withQuartiles(share) }, target: `at most ${TIMES}`, met: share.median <= TIMES,
        details: { share },
      }] : [],
      { name: 'sysctl -a, a file, CPU time', unit: 'µs', cells: cells('cpu'), details: {} },
    ];
  } finally {
    for (const system of systems) await system.stop();
  }
}
