// Reading every file of /proc/sys, as `sysctl -a` does: on a mount and on the machine itself, in turns.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { inTurns, ratios, spread } from '../statistics.mjs';
import { cpuSeconds, startSystem } from '../systems.mjs';
import { figure } from '../table.mjs';

const REAL = '/proc/sys';
/** The most that a mount may take for a file, as a multiple of the machine's own time. */
const TARGET = 4;
const MICROSECONDS = 1e6;

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

/** Opens and reads every file of a directory. Microseconds for each file: of CPU time (client and server) and by the clock. */
function readAll({ directory, files, pid }) {
  const begun = performance.now();
  const server = pid === 0 ? 0 : cpuSeconds(pid);
  const { stdout } = spawnSync('bash', ['-c', 'grep -rs "" "$1" >/dev/null; times', 'bash', directory], { encoding: 'utf8' });
  const wall = (performance.now() - begun) / 1000;
  const [user = '', system = ''] = stdout.trim().split('\n').at(-1).split(' ');
  const cpu = seconds(user) + seconds(system) + (pid === 0 ? 0 : cpuSeconds(pid) - server);
  return { cpu: (cpu / files) * MICROSECONDS, wall: (wall / files) * MICROSECONDS };
}

export async function sysctls(bench) {
  const systems = [];
  try {
    for (const name of bench.ours) systems.push(await startSystem(name, bench));
    const all = [...systems.map(({ name, mountPoint, pid }) => ({ name, directory: join(mountPoint, 'proc/sys'), pid })), { name: REAL, directory: REAL, pid: 0 }]
      .map((each) => ({ ...each, files: filesBelow(each.directory) }));
    for (const each of all) readAll(each);
    const measured = await inTurns(all, bench.rounds, (each) => readAll(each));
    const by = (name, key) => [...measured].find(([each]) => each.name === name)?.[1].map((one) => one[key]);
    const details = Object.fromEntries(all.map(({ name, files }) => [name, { files, cpu: spread(by(name, 'cpu')), wall: spread(by(name, 'wall')) }]));
    const share = by('dev-fuse', 'cpu') && ratios(by('dev-fuse', 'cpu'), by(REAL, 'cpu'));
    return [{
      name: `sysctl -a, a file (${figure(details[REAL].cpu.median)} µs on the machine's own)`,
      unit: 'µs',
      cells: Object.fromEntries(Object.entries(details).map(([name, { cpu }]) => [name, figure(cpu.median)])),
      clock: details['dev-fuse'] && `${figure(details['dev-fuse'].wall.median)} µs`,
      target: `${TARGET} times the machine's own`,
      met: share && share.median <= TARGET,
      details: { ...details, share },
    }];
  } finally {
    for (const system of systems) await system.stop();
  }
}
