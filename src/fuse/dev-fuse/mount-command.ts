import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { holds } from '../../abi/caller.ts';
import { whyNotStarted } from '../../abi/errno-words.ts';
import { TransportError } from '../transport.ts';

/** Whether this process may mount: root, also in a user namespace of its own. */
export async function mayMount(): Promise<boolean> {
  const [, effective = '0'] = /^CapEff:\s*([0-9a-f]+)$/m.exec(await readFile('/proc/self/status', 'utf8')) ?? [];
  return holds(BigInt(`0x${effective}`), 'SYS_ADMIN');
}

/** How long mount(8) may take, in milliseconds. It does not call the filesystem. */
const TIMEOUT = 10_000;

interface Options {
  readonly mountPoint: string;
  readonly allowOther: boolean;
}

/** The type of the mount for mount(8). */
export const MOUNT_TYPE = 'fuse.vmsysctld';

/**
 * The options of the mount. Without `default_permissions` the server decides who may do what: a sysctl asks for other capabilities than files in
 * general. `descriptor` is the descriptor of /dev/fuse in the process that mounts.
 */
export function mountOptions({ allowOther, descriptor }: Pick<Options, 'allowOther'> & { readonly descriptor: number }): string {
  const options = [
    'nosuid', 'nodev', `fd=${descriptor}`, 'rootmode=40000', `user_id=${process.geteuid?.() ?? 0}`, `group_id=${process.getegid?.() ?? 0}`,
    ...(allowOther ? ['allow_other'] : []),
  ];
  return options.join(',');
}

/**
 * Mounts the filesystem that is served on a descriptor of /dev/fuse. mount(8) inherits the descriptor, so no native code is needed here.
 * `-i` makes mount(8) call no helper of fuse. The mount is `vmsysctld MNT fuse.vmsysctld` in /proc/mounts.
 * @throws TransportError if Linux refuses
 */
export async function mountByCommand(descriptor: number, options: Options): Promise<void> {
  const complaint = await new Promise<string | undefined>((resolve) => {
    const child = spawn('mount', ['-i', '-t', MOUNT_TYPE, '-o', mountOptions({ ...options, descriptor: 3 }), '--', 'vmsysctld', options.mountPoint], {
      stdio: ['ignore', 'ignore', 'pipe', descriptor], env: { ...process.env, LC_ALL: 'C' }, timeout: TIMEOUT, killSignal: 'SIGKILL',
    });
    let text = '';
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => { text += chunk; });
    child.on('error', (error) => { resolve(whyNotStarted('mount(8)', 'util-linux', error)); });
    child.on('close', (status, signal) => {
      resolve(status === 0 ? undefined : reasonOf(text, options.mountPoint) || `mount(8) ended with ${signal ?? String(status)}`);
    });
  });
  if (complaint !== undefined) throw new TransportError(`cannot mount on ${options.mountPoint}: ${complaint}${advice(complaint)}`);
}

/** The error of mount(8), without its name and the mount point. */
function reasonOf(text: string, mountPoint: string): string {
  const line = text.trim().replace(/^mount: /, '');
  return (line.startsWith(`${mountPoint}: `) ? line.slice(mountPoint.length + 2) : line).split('\n', 1)[0]?.replace(/\.$/, '') ?? '';
}

/** What would be right, for an error of mount(8). */
function advice(complaint: string): string {
  return /permission denied|superuser|not permitted/i.test(complaint)
    ? '; mounting takes root, or unshare -Urm; in a container add --cap-add SYS_ADMIN --device /dev/fuse; or use --transport fuse-native' : '';
}
