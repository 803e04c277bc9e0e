// Starts CMD in the namespaces of a boot, and reads how it ended. nsenter(1) starts it from outside: no process inside starts, watches or
// names another one, so CMD cannot reach the deciding ones. env(1) keeps the environment unchanged, which a shell would not.
import { spawn, spawnSync } from 'node:child_process';
import { basename, dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { accessSync, constants, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { KEPT_CAPABILITIES } from './kept-capabilities.ts';
import { toolEnvironment } from './namespace.ts';
import { DIES_WITH_PARENT } from './namespace-scripts.ts';
import { TransportError } from '../../fuse/transport.ts';
import { PASSED } from './signals.ts';

/** What to run, and where. Only data, because the serving thread starts it. */
export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The path of the working directory, among the emulated files. */
  readonly directory: string;
  /** Descriptors from 3 on that CMD inherits. */
  readonly descriptors: readonly number[];
  /** Init of the boot. */
  readonly init: number;
  /** Options of nsenter(1): the namespaces to enter besides those for mounts and pids. */
  readonly namespaces: readonly string[];
  /** Whether CMD loses capabilities, because there is no user namespace. */
  readonly dropCapabilities: boolean;
  /** A path below the mount of the machine, as the boot sees it. No file is there: a look at it waits for the serving thread. */
  readonly gate: string;
}

/** The result of a start: the pid of CMD's parent, the errno of starting it, or nothing if the boot had ended. */
export type Launched = { readonly pid: number } | { readonly errno: string } | undefined;

/** How CMD ended, or why it could not be started. */
export type Ending = { readonly status: number } | { readonly killed: number } | { readonly errno: string };

/** How much later than CMD its end may be noticed, in milliseconds. */
const LONGEST_INTERVAL = 20;

/** How long nsenter(1) may take to fork and to stop, in milliseconds. It needs nothing from the calling thread. */
const STOPS_WITHIN = 60_000;
/** How long to wait between two looks at a process that will change soon, in milliseconds. */
const PAUSE = 0.2;

const SIGNAL_LIST = PASSED.map((signal) => signal.slice(3)).join(',');

const DROP_CAPABILITIES = ['setpriv', `--bounding-set=-all,${KEPT_CAPABILITIES.map((name) => `+${name.toLowerCase()}`).join(',')}`, '--inh-caps=-all', '--'];

/** The path of a program of exec's own. */
export function tool(name: string): string {
  for (const directory of (toolEnvironment()['PATH'] ?? '').split(':')) {
    if (directory.startsWith('/') && isExecutable(`${directory}/${name}`) === undefined) return `${directory}/${name}`;
  }
  return name;
}

/** The errno of executing a program. Undefined if it succeeds. */
function isExecutable(path: string): string | undefined {
  try {
    if (!statSync(path).isFile()) return 'EACCES';
    accessSync(path, constants.X_OK);
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'EIO';
  }
}

/**
 * Why execvp(3) could not execute a command in a boot, by its files below /proc/PID/root. Undefined if it could. Relative paths begin at
 * the directory.
 */
export function unexecutable({ command, env, directory, init }: Pick<Launch, 'command' | 'env' | 'directory' | 'init'>): string | undefined {
  const at = (path: string): string => `/proc/${init}/root${path.startsWith('/') ? path : `${directory}/${path}`}`;
  if (command === '') return 'ENOENT';
  if (command.includes('/')) return isExecutable(at(command));
  let refused: string | undefined;
  for (const place of (env['PATH'] ?? '/bin:/usr/bin').split(':')) {
    const why = isExecutable(at(`${place === '' ? '.' : place}/${command}`));
    if (why === undefined) return undefined;
    if (why === 'EACCES') refused = why;
  }
  return refused ?? 'ENOENT';
}

/** Whether the working directory exists in a boot. */
export function hasDirectory({ directory, init }: Pick<Launch, 'directory' | 'init'>): boolean {
  try {
    return statSync(`/proc/${init}/root${directory}`).isDirectory();
  } catch {
    return false;
  }
}

/**
 * Starts CMD. Returns the pid of nsenter(1), its parent. The thread that serves the machine calls it. It must not return to its event loop
 * before CMD has ended: the process is reaped there, and until then /proc has its wait status. CMD does not begin before this returns:
 * env(1) looks for the next program below the gate, and that request waits for this thread.
 */
export function launch(what: Launch): Launched {
  const env = tool('env');
  // Signals of the terminal and of the process group are for CMD, not for nsenter.
  // Entering a mount namespace leads to its root, out of a chroot in which exec may be: there, all files of the host's /proc are.
  // It is stopped while CMD runs: nothing but a signal of Linux's own ends it when this process is killed.
  const [dies, ...until] = DIES_WITH_PARENT;
  const entering = [
    `--ignore-signal=${SIGNAL_LIST}`, tool(dies), ...until, tool('nsenter'), `--target=${what.init}`, '--mount', '--root', '--pid', ...what.namespaces,
    ...(what.namespaces.includes('--user') ? ['--preserve-credentials'] : []), '--',
  ];
  const path = what.env['PATH'];
  const gate = [env, `--default-signal=${SIGNAL_LIST}`, `PATH=${what.gate}:${dirname(env)}`, basename(env)];
  const begin = [`--chdir=${what.directory}`, ...(path === undefined ? ['--unset=PATH', '--'] : ['--', `PATH=${path}`])];
  const args = [...entering, ...(what.dropCapabilities ? DROP_CAPABILITIES : []), ...gate, ...begin, ...commandLine(what)];
  const last = Math.max(2, ...what.descriptors);
  const stdio = Array.from({ length: last + 1 }, (_, descriptor) => (descriptor < 3 || what.descriptors.includes(descriptor) ? descriptor : 'ignore'));
  try {
    const child = spawn(env, args, { stdio, env: what.env, cwd: '/' });
    child.on('error', () => undefined);
    if (child.pid === undefined) return { errno: 'EAGAIN' };
    const stopped = stopParent(child.pid);
    const command = commandPid(child.pid);
    if (stopped && command !== undefined && hasRootOf(command, what.init)) return { pid: child.pid };
    if (command !== undefined) signal(command, 'SIGKILL');
    child.kill('SIGKILL');
    return undefined;
  } catch (error) {
    return { errno: (error as NodeJS.ErrnoException).code ?? 'EINVAL' };
  }
}

/**
 * Whether a process has the root directory of another, below which the files were put in their places. False also if one of them is gone.
 */
function hasRootOf(pid: number, other: number): boolean {
  try {
    return readlinkSync(`/proc/${pid}/root`) === readlinkSync(`/proc/${other}/root`);
  } catch {
    return false;
  }
}

/**
 * Stops nsenter as soon as it has forked. False if it has ended instead, or takes too long. CMD has not begun by then, so nsenter has not
 * reaped it.
 */
function stopParent(launcher: number): boolean {
  const end = performance.now() + STOPS_WITHIN;
  let forked = false;
  while (performance.now() < end) {
    const { state = 'Z' } = processStat(launcher) ?? {};
    if (state === 'Z') return false;
    if (forked && isStopped(state)) return true;
    if (!forked && commandPid(launcher) !== undefined) {
      forked = true;
      process.kill(launcher, 'SIGSTOP');
    }
    Atomics.wait(NEVER, 0, 0, PAUSE);
  }
  return false;
}

/** A number that never changes, to wait on. */
const NEVER = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

/** CMD's words for env(1), which takes one with a `=` for a variable. Sockets that systemd passes are for the pid that LISTEN_PID names. */
function commandLine({ command, args, env }: Launch): string[] {
  const words = command.includes('=') ? ['nice', '-n', '0', '--', command, ...args] : [command, ...args];
  return env['LISTEN_PID'] === String(process.pid) ? ['sh', '-c', 'LISTEN_PID=$$ exec "$@"', 'sh', ...words] : words;
}

interface ProcessStat {
  readonly state: string;
  readonly parent: number;
  /** The status of wait(2), for a process that has ended. */
  readonly waitStatus: number;
}

/** Stopped by a signal, or by a tracer such as strace(1) at any signal. */
function isStopped(state: string | undefined): boolean {
  return state === 'T' || state === 't';
}

/** A process as /proc/PID/stat shows it. Undefined if it is gone. */
function processStat(pid: number): ProcessStat | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return undefined;
  }
  // The name is in brackets, and may contain any character.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).trim().split(' ');
  return { state: fields[0] ?? '', parent: Number(fields[1]), waitStatus: Number(fields.at(-1)) };
}

/**
 * Waits until CMD has ended. nsenter(1) is stopped meanwhile. If it ran, it would reap CMD, and it cannot die of a signal that it ignores,
 * so CMD's end by SIGTERM would look like status 1. While it is stopped, CMD's wait status stays in /proc. Linux reports the end of a
 * process only to its parent, so this looks again and again, less often the longer CMD runs. Then nsenter reaps CMD and ends. @param
 * onCommand receives CMD's pid, as soon as there is one @throws TransportError if another program has reaped both
 */
export async function waitForCommand(launcher: number, onCommand: (pid: number) => void): Promise<Ending> {
  // In seconds. `performance` would load modules of Node.js first.
  const started = process.uptime();
  let command: number | undefined;
  for (;;) {
    if (command === undefined) {
      command = commandPid(launcher);
      if (command !== undefined) onCommand(command);
    }
    const state = processStat(launcher)?.state;
    const reaped = command !== undefined && processStat(command) === undefined;
    // `fg` of a shell continues it. If it reaped CMD before it was stopped, it ends as CMD did.
    if (reaped && isStopped(state)) signal(launcher, 'SIGCONT');
    else if (command !== undefined && !reaped && state !== undefined && !isStopped(state) && state !== 'Z') signal(launcher, 'SIGSTOP');
    const ending = (command === undefined ? undefined : endingOf(command)) ?? endingOf(launcher);
    if (ending !== undefined) {
      signal(launcher, 'SIGCONT');
      return ending;
    }
    if (state === undefined && (command === undefined || reaped)) throw new TransportError('the command has ended, but another program has taken its status');
    await delay(Math.min(LONGEST_INTERVAL, 1 + (process.uptime() - started) * 20));
  }
}

/** Sends a signal to a process that may be gone. */
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** How the process ended. Undefined while it runs, or if it is gone with its status. */
function endingOf(pid: number): Ending | undefined {
  const stat = processStat(pid);
  if (stat === undefined || (stat.state !== 'Z' && stat.state !== 'X')) return undefined;
  const killed = stat.waitStatus & 0x7f;
  return killed === 0 ? { status: (stat.waitStatus >> 8) & 0xff } : { killed };
}

/** CMD itself, the child of what launch() started. Undefined while there is none. */
function commandPid(launcher: number): number | undefined {
  try {
    const [child] = readFileSync(`/proc/${launcher}/task/${launcher}/children`, 'latin1').split(' ');
    return child === undefined || child === '' ? undefined : Number(child);
  } catch {
    // If the kernel lacks CONFIG_PROC_CHILDREN.
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(Number).find((pid) => processStat(pid)?.parent === launcher);
  }
}

/**
 * Makes this process's group the foreground of the terminal again. An interactive shell in a pid namespace cannot know the former group.
 * bash is the one program on every system that restores it, when job control ends its first job.
 */
export function takeTerminalBack(): void {
  spawnSync('bash', ['--norc', '-c', 'set -m; /bin/true'], { stdio: ['inherit', 'ignore', 'ignore'], env: toolEnvironment() });
}
