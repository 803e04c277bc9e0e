// Starts CMD in the namespaces of a boot, and reads how it ended. nsenter(1) starts it from outside: nothing that runs inside starts, watches or
// names a process, so CMD can reach nothing that decides. env(1) keeps the environment as it is, which a shell would not.
import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, readdirSync, readFileSync, statSync } from 'node:fs';
import { toolEnvironment } from './namespace.ts';
import { PASSED } from './signals.ts';

/** What runs, and where. Data alone: the thread that serves starts it. */
export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The working directory, by its path, which is resolved among the emulated files. */
  readonly directory: string;
  /** Descriptors from 3 on that CMD inherits. */
  readonly descriptors: readonly number[];
  /** Init of the boot. */
  readonly init: number;
  /** Options of nsenter(1): the namespaces to enter besides those for mounts and pids. */
  readonly namespaces: readonly string[];
  /** Whether capabilities are taken from CMD, for want of a user namespace. */
  readonly dropCapabilities: boolean;
}

/** How CMD ended, or why it could not be started. */
export type Ending = { readonly status: number } | { readonly killed: number } | { readonly errno: string };

const SIGNAL_LIST = PASSED.map((signal) => signal.slice(3)).join(',');

/** The capabilities that root keeps without a user namespace: none by which the host could be changed but through files, processes of CMD and sockets. */
const KEPT_CAPABILITIES = [
  'chown', 'dac_override', 'fowner', 'fsetid', 'kill', 'setgid', 'setuid', 'setpcap', 'net_bind_service', 'net_raw', 'sys_chroot', 'audit_write', 'setfcap',
];
const DROP_CAPABILITIES = ['setpriv', `--bounding-set=-all,${KEPT_CAPABILITIES.map((name) => `+${name}`).join(',')}`, '--inh-caps=-all', '--'];

/** The path of a program of exec's own. */
function tool(name: string): string {
  for (const directory of (toolEnvironment()['PATH'] ?? '').split(':')) {
    if (directory.startsWith('/') && isExecutable(`${directory}/${name}`) === undefined) return `${directory}/${name}`;
  }
  return name;
}

/** Undefined for a program; otherwise the errno of executing it. */
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
 * Why execvp(3) could not execute a command in a boot, by its files as /proc/PID/root shows them; undefined if it could. The directory is the one
 * that relative paths begin at.
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

/** Whether the working directory is there in a boot. */
export function hasDirectory({ directory, init }: Pick<Launch, 'directory' | 'init'>): boolean {
  try {
    return statSync(`/proc/${init}/root${directory}`).isDirectory();
  } catch {
    return false;
  }
}

/**
 * Starts CMD: the pid of nsenter(1), which ends as CMD does. To be called by a thread that does not return to its event loop before the end: the process
 * is reaped there, and until then /proc has its wait status.
 */
export function launch(what: Launch): { readonly pid: number } | { readonly errno: string } {
  const env = tool('env');
  // Signals of the terminal and of the process group are for CMD, not for nsenter.
  const entering = [
    `--ignore-signal=${SIGNAL_LIST}`, tool('nsenter'), `--target=${what.init}`, '--mount', '--pid', ...what.namespaces,
    ...(what.namespaces.includes('--user') ? ['--preserve-credentials'] : []), `--wdns=${what.directory}`, '--',
  ];
  const args = [...entering, ...(what.dropCapabilities ? DROP_CAPABILITIES : []), env, `--default-signal=${SIGNAL_LIST}`, '--', ...commandLine(what)];
  const last = Math.max(2, ...what.descriptors);
  const stdio = Array.from({ length: last + 1 }, (_, descriptor) => (descriptor < 3 || what.descriptors.includes(descriptor) ? descriptor : 'ignore'));
  try {
    const child = spawn(env, args, { stdio, env: what.env, cwd: '/' });
    child.on('error', () => undefined);
    return child.pid === undefined ? { errno: 'EAGAIN' } : { pid: child.pid };
  } catch (error) {
    return { errno: (error as NodeJS.ErrnoException).code ?? 'EINVAL' };
  }
}

/** CMD's words for env(1), which takes one with a `=` for a variable. Sockets that systemd passes are for the pid that LISTEN_PID names. */
function commandLine({ command, args, env }: Launch): string[] {
  const words = command.includes('=') ? ['nice', '-n', '0', '--', command, ...args] : [command, ...args];
  return env['LISTEN_PID'] === String(process.pid) ? ['sh', '-c', 'LISTEN_PID=$$ exec "$@"', 'sh', ...words] : words;
}

interface ProcessStat {
  readonly state: string;
  readonly parent: number;
  /** As wait(2) has it; of a process that has ended. */
  readonly waitStatus: number;
}

/** A process as /proc/PID/stat shows it; undefined when it has gone. */
export function processStat(pid: number): ProcessStat | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return undefined;
  }
  // The name is in brackets, and may have any character in it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).trim().split(' ');
  return { state: fields[0] ?? '', parent: Number(fields[1]), waitStatus: Number(fields.at(-1)) };
}

/** How the launched process ended; undefined while it has not. */
export function endingOf(pid: number): Ending | undefined {
  const stat = processStat(pid);
  if (stat === undefined) return { killed: 9 };
  if (stat.state !== 'Z' && stat.state !== 'X') return undefined;
  const signal = stat.waitStatus & 0x7f;
  return signal === 0 ? { status: (stat.waitStatus >> 8) & 0xff } : { killed: signal };
}

/** CMD itself, the child of what launch() started; undefined while there is none. */
export function commandPid(launcher: number): number | undefined {
  try {
    const [child] = readFileSync(`/proc/${launcher}/task/${launcher}/children`, 'latin1').split(' ');
    return child === undefined || child === '' ? undefined : Number(child);
  } catch {
    // Without CONFIG_PROC_CHILDREN.
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(Number).find((pid) => processStat(pid)?.parent === launcher);
  }
}

/**
 * Makes this process's group the terminal's foreground again: an interactive shell in a pid namespace cannot know the group that was. bash is the
 * one program everywhere that does it, when job control ends its first job.
 */
export function takeTerminalBack(): void {
  spawnSync('bash', ['--norc', '-c', 'set -m; /bin/true'], { stdio: ['inherit', 'ignore', 'ignore'], env: toolEnvironment() });
}
