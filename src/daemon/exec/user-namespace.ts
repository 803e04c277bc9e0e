import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { whyNotStarted } from '../../abi/errno-words.ts';
import { TransportError } from '../../fuse/transport.ts';
import { deviceError } from '../../fuse/fuse-device.ts';
import { DIES_WITH_PARENT } from './namespace-scripts.ts';

const NAMESPACES = ['--user', '--map-root-user'] as const;

/** The user of CMD, if exec is root in a user namespace: the user of the exec that started this one, and the pid of that exec. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
  readonly parent: number;
}

/** An owner in the form in which one exec passes it to the other on the command line. Undefined for any other text. */
export function parseOwner(text: string): Owner | undefined {
  const [uid, gid, parent] = /^\d+:\d+:\d+$/.test(text) ? text.split(':').map(Number) : [];
  return uid === undefined || gid === undefined || parent === undefined ? undefined : { uid, gid, parent };
}

/** What keeps ordinary users from user namespaces: the sysctl, the value with which it does so, and the value that permits them. */
const REASONS: readonly { readonly name: string; readonly forbids: string; readonly allows: string }[] = [
  { name: 'kernel.unprivileged_userns_clone', forbids: '0', allows: '1' },
  { name: 'kernel.apparmor_restrict_unprivileged_userns', forbids: '1', allows: '0' },
  { name: 'user.max_user_namespaces', forbids: '0', allows: '10000' },
];

async function sysctl(name: string): Promise<string | undefined> {
  try {
    return (await readFile(`/proc/sys/${name.replaceAll('.', '/')}`, 'utf8')).trim();
  } catch {
    return undefined;
  }
}

/** Why this user cannot make a user namespace, and what to do about it. */
async function refusal(complaint: string): Promise<TransportError> {
  for (const { name, forbids, allows } of REASONS) {
    if ((await sysctl(name)) === forbids) {
      return new TransportError(`ordinary users may not make user namespaces here: as root run sysctl -w ${name}=${allows}, or run this as root`);
    }
  }
  const why = complaint.trim().split('\n', 1)[0];
  return new TransportError(`exec needs to mount, and this user may not, nor make a user namespace (${why}): run it as root; in a container add --cap-add SYS_ADMIN`);
}

/** Whether this user can be root in a user namespace with mounts of its own. Otherwise the message of unshare(1). */
function probe(): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = spawn('unshare', [...NAMESPACES, '--mount', 'true'], { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, LC_ALL: 'C' } });
    let text = '';
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => { text += chunk; });
    child.on('error', (error) => { resolve(whyNotStarted('unshare(1)', 'util-linux', error)); });
    child.on('close', (status) => { resolve(status === 0 ? undefined : text || 'unshare(1) failed'); });
  });
}

/**
 * Runs this command line again, in a user namespace in which this user is root and may mount. Another process must open /dev/fuse there,
 * because Linux lets nobody mount with a descriptor from another user namespace. Settles with how that process ended. It does not outlive
 * this process. @throws TransportError if ordinary users may not make user namespaces
 */
export async function runInUserNamespace(
  args: readonly string[], descriptors: readonly number[], onStart: (pass: (signal: NodeJS.Signals) => void) => void,
): Promise<number | NodeJS.Signals> {
  const unusable = await deviceError();
  if (unusable !== undefined) throw unusable;
  const complaint = await probe();
  if (complaint !== undefined) throw await refusal(complaint);
  const [command, ...rest] = args;
  const owner: Owner = { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0, parent: process.pid };
  const [dies, ...until] = DIES_WITH_PARENT;
  const child = spawn(dies, [
    ...until, 'unshare', ...NAMESPACES, '--', process.execPath, ...process.execArgv, process.argv[1] ?? '', command ?? '', `--owner=${owner.uid}:${owner.gid}:${owner.parent}`, ...rest,
  ], { stdio: Array.from({ length: Math.max(2, ...descriptors) + 1 }, (_, each) => (each < 3 || descriptors.includes(each) ? each : 'ignore')) });
  onStart((signal) => { child.kill(signal); });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status, signal) => { resolve(signal ?? status ?? 0); });
  });
}
