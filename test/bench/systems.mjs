// The filesystems that are compared. Each has a mount point of its own. All run on the one CPU.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { join } from 'node:path';
import { ROOT } from '../../scripts/setup.mjs';

export const MAIN = join(ROOT, 'dist/main.js');
const PATIENCE = 30_000;
const SYSCTL = 'proc/sys/vm/swappiness';

/** The processes that are running; see stopAll(). */
const running = new Set();
let number = 0;

function mounted(path) {
  return readFileSync('/proc/self/mounts', 'utf8').split('\n').some((line) => line.split(' ')[1] === path);
}

/** Ends a filesystem's process, and removes what it leaves behind. */
async function stop(system) {
  const { child, mountPoint } = system;
  const gone = child.exitCode !== null || child.signalCode !== null ? Promise.resolve() : once(child, 'exit');
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), PATIENCE);
  await gone;
  clearTimeout(late);
  running.delete(system);
  if (mounted(mountPoint)) spawnSync('umount', ['-l', mountPoint]);
}

/** Ends everything that is still running, for a bench that ends early. */
export async function stopAll() {
  await Promise.all([...running].map(stop));
}

/** How to start a filesystem. */
function vmsysctld(transport) {
  return ({ mountPoint, log, options = ['--memory', '64G'] }) => ({
    command: [process.execPath, MAIN, 'mount', mountPoint, '--transport', transport, '--profile', '7.3', '--seed', '1', '--log', log, ...options],
    ready: /^ready/m,
  });
}

function reference(threads) {
  return ({ mountPoint, programs }) => ({ command: [programs.reference, mountPoint, threads], ready: /^ready/m });
}

/**
 * `needs` is what must be installed, `file` the file that the load uses, and `text` what is written to it, if it can be written. `wears`:
 * several threads make it slower, so it is started again for each round.
 */
export const SYSTEMS = {
  'dev-fuse': { start: vmsysctld('dev-fuse'), file: SYSCTL, text: '60', ours: true },
  'fuse-native': { start: vmsysctld('fuse-native'), file: SYSCTL, text: '60', ours: true, wears: true },
  'C libfuse3': { start: reference('single'), needs: 'libfuse3', file: SYSCTL, text: '60' },
  'C libfuse3, threads': { start: reference('multi'), needs: 'libfuse3', file: SYSCTL, text: '60' },
  'Node.js, minimal': { start: ({ mountPoint, programs }) => ({ command: [process.execPath, programs.nodeReference, mountPoint], ready: /^ready/m }), file: SYSCTL, text: '60' },
  // loadavg is the fastest of its files: without -l it passes on the machine's own.
  lxcfs: { start: ({ mountPoint }) => ({ command: ['lxcfs', '-f', '-p', `${mountPoint}.pid`, mountPoint] }), needs: 'lxcfs', file: 'proc/loadavg' },
};

/**
 * Starts a filesystem and waits until it answers: `{ name, file, text, pid, seconds, log, stop() }`. `seconds` is the time until then.
 * @throws Error with its output if it does not start
 */
export async function startSystem(name, { directory, cpu, programs }, options) {
  const { start, file, text } = SYSTEMS[name];
  number += 1;
  const mountPoint = join(directory, `mount-${number}`);
  const log = join(directory, `log-${number}`);
  mkdirSync(mountPoint);
  const { command, ready } = start({ mountPoint, log, programs, options });
  const begun = performance.now();
  const child = spawn('taskset', ['-c', String(cpu), ...command], { stdio: ['ignore', 'pipe', 'pipe'] });
  const system = { name, child, mountPoint, file: join(mountPoint, file), text, pid: child.pid, log };
  running.add(system);
  let output = '';
  let printed = '';
  child.stdout.on('data', (chunk) => { printed += chunk; });
  child.stderr.on('data', (chunk) => { output = `${output}${chunk}`.slice(-2000); });
  // The line that it prints, if it prints one. Otherwise the mount table.
  while (ready === undefined ? !mounted(mountPoint) : !ready.test(printed)) {
    if (child.exitCode !== null || performance.now() - begun > PATIENCE) {
      await stop(system);
      throw new Error(`${name} did not start:\n${printed}${output}`);
    }
    await (ready === undefined ? delay(2) : Promise.race([once(child.stdout, 'data'), once(child, 'exit'), delay(1000)]));
  }
  system.seconds = (performance.now() - begun) / 1000;
  system.stop = async () => {
    await stop(system);
    rmSync(log, { force: true });
  };
  return system;
}

/** Runs `body` with filesystems by name, and stops them whatever happens. */
export async function withSystems(names, bench, body) {
  const systems = [];
  try {
    for (const name of names) systems.push(await startSystem(name, bench));
    return await body(systems);
  } finally {
    for (const system of systems) await system.stop();
  }
}

/** The CPU seconds that a process has used, all its threads together. On request with those of its children that have ended. */
export function cpuSeconds(pid, { children = false } = {}) {
  // The clock that counts all threads, also those that have ended. Its unit is a hundredth of a second.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ');
  return fields.slice(11, children ? 15 : 13).reduce((sum, field) => sum + Number(field), 0) / 100;
}

/** Resident memory of a process in MB. */
export function residentMegabytes(pid) {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;
}
