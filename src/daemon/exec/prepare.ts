import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mayMount } from '../../fuse/dev-fuse/mount-command.ts';
import { deviceError } from '../../fuse/fuse-device.ts';
import { TransportError } from '../../fuse/transport.ts';
import { toolEnvironment } from './namespace.ts';
import type { Owner } from './user-namespace.ts';

/**
 * Directories that the scratch filesystem may be mounted on, only in the private namespace: one that hides nothing useful. With /dev/fuse
 * the first exists.
 */
const SCRATCH_PLACES = ['/sys/fs/fuse/connections', '/mnt', '/media', '/srv'];

/** The directory for the scratch filesystem. Undefined if this process may not mount. @throws TransportError with what exec lacks */
export async function scratchPlace(): Promise<string | undefined> {
  if (!existsSync('/proc/self/mountinfo')) throw new TransportError('/proc is not mounted here: mount -t proc proc /proc');
  if (!(await mayMount())) return undefined;
  const unusable = await deviceError();
  if (unusable !== undefined) throw unusable;
  const scratch = SCRATCH_PLACES.find((place) => existsSync(place));
  if (scratch === undefined) throw new TransportError(`none of the directories ${SCRATCH_PLACES.join(', ')} is there: create /mnt`);
  return scratch;
}

/** Whether a program that root of a user namespace starts gets its capabilities: not where no_new_privs is set, as by systemd or for a container. */
export function gainsCapabilities(): boolean {
  return !/^NoNewPrivs:\t1$/m.test(readFileSync('/proc/self/status', 'latin1'));
}

/** What isolates CMD from the host. */
export interface Containment {
  /** Whether files of the kernel are read-only. */
  readonly contained: boolean;
  /** Options of unshare(1) and of nsenter(1). */
  readonly namespaces: readonly string[];
  readonly dropCapabilities: boolean;
  /** What Linux refuses here, one line each, if CMD can run without it. */
  readonly notes: readonly string[];
}

/** The namespaces of CMD besides those for mounts and pids, and their names in messages. */
const NAMESPACES = ['--user', '--uts', '--ipc', '--time'] as const;
type NamespaceOption = (typeof NAMESPACES)[number];

/** Without isolation: only mounts and pids are CMD's own. */
const PRIVILEGED: Containment = { contained: false, namespaces: [], dropCapabilities: false, notes: [] };
const WHOLE: Containment = { contained: true, namespaces: NAMESPACES, dropCapabilities: false, notes: [] };

/** The isolation of CMD if Linux refuses nothing. */
export function containment(privileged: boolean): Containment {
  return privileged ? PRIVILEGED : WHOLE;
}

/**
 * The isolation that remains if Linux refuses a part of it: each part is tried by itself. @throws TransportError if the host could be
 * reached
 */
export async function leftContainment(): Promise<Containment> {
  const tried = await Promise.all(NAMESPACES.map(async (option): Promise<[NamespaceOption, string | undefined]> => [option, await refusalOf(option)]));
  const refused = new Map(tried.filter((entry): entry is [NamespaceOption, string] => entry[1] !== undefined));
  const ipc = refused.get('--ipc');
  if (ipc !== undefined) throw new TransportError(`no IPC namespace can be made here (${ipc}), and CMD could reach the host's: run exec with --privileged if it may`);
  const user = refused.get('--user');
  const notes = [
    ...(user === undefined ? [] : [`no user namespace can be made here (${user}): CMD keeps its user but few capabilities, and cannot mount`]),
    ...(refused.has('--uts') ? ['no UTS namespace can be made here: the hostname is that of the host, and cannot be changed'] : []),
    ...(refused.has('--time') ? ['no time namespace can be made here: CLOCK_BOOTTIME and sysinfo(2) are those of the host'] : []),
  ];
  return { contained: true, namespaces: NAMESPACES.filter((option) => !refused.has(option)), dropCapabilities: user !== undefined, notes };
}

/** Why unshare(1) fails with an option. Undefined if it does not. */
function refusalOf(option: NamespaceOption): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = spawn('unshare', [option, 'true'], { stdio: ['ignore', 'ignore', 'pipe'], env: toolEnvironment() });
    let text = '';
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => { text += chunk; });
    child.on('error', (error) => { resolve(error.message); });
    child.on('close', (status) => { resolve(status === 0 ? undefined : text.trim().split('\n', 1)[0]?.replace(/^unshare: (?:unshare failed: )?/, '') ?? 'refused'); });
  });
}

/**
 * The ids of CMD's user namespace, in the form of uid_map and gid_map: each id of this process's own namespace, mapped to itself. `owner`
 * is the user of CMD, if this process is root in a user namespace of an ordinary user.
 */
export function idMaps(owner: Owner | undefined): { readonly uids: string; readonly gids: string } {
  return owner === undefined ? { uids: identity('uid_map'), gids: identity('gid_map') } : { uids: `${owner.uid} 0 1\n`, gids: `${owner.gid} 0 1\n` };
}

function identity(file: string): string {
  const lines = readFileSync(`/proc/self/${file}`, 'latin1').trim().split('\n');
  return lines.map((line) => line.trim().split(/\s+/)).map(([inside = '0', , count = '1']) => `${inside} ${inside} ${count}\n`).join('');
}

/**
 * Options of unshare(1) with which the clocks of a new time namespace begin at a machine's boot: the seconds that the host's clocks showed
 * then. Offsets count from the clocks of the first time namespace, and this process may be in another one.
 */
export function clockOffsets({ boottime, monotonic }: { readonly boottime: number; readonly monotonic: number }): string[] {
  const own = new Map(readFileSync('/proc/self/timens_offsets', 'latin1').trim().split('\n').map((line) => {
    const [clock = '', seconds = '0'] = line.trim().split(/\s+/);
    return [clock, Number(seconds)];
  }));
  return [`--boottime=${(own.get('boottime') ?? 0) - boottime}`, `--monotonic=${(own.get('monotonic') ?? 0) - monotonic}`];
}
