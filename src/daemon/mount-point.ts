import { resolve } from 'node:path';
import { PlainError } from '../abi/plain-error.ts';
import { whyNot } from '../abi/errno-words.ts';
import { shellWord } from '../abi/printable.ts';
import { lazyUnmount } from '../fuse/lazy-unmount.ts';
import { isOurs, type MountInfo, readMounts, topMountAt } from '../fuse/mount-info.ts';
import { probeInChild } from './probe-in-child.ts';
import { foreignAt } from './trusted-path.ts';

/** Why a directory cannot be mounted on and what would be right, in one line. */
export class MountPointError extends PlainError {
  override readonly name = 'MountPointError';
}

/** How many dead mounts are removed from one place at most. More means that unmounting has no effect. */
const STACK_MAX = 64;

/** The errors of a mount whose server is dead: ENOTCONN, and ECONNABORTED for calls in progress. */
const DEAD = ['ENOTCONN', 'ECONNABORTED'];

/** What would be right, by errno; `%` stands for the path. */
const ADVICE: Readonly<Record<string, string>> = {
  ENOENT: 'create it first, mkdir -p %',
  EACCES: 'name an empty directory of your own',
  EPERM: 'name an empty directory of your own',
  ENAMETOOLONG: 'name an empty directory with a shorter one',
  EROFS: 'name a directory that can be written to',
  ENOTCONN: 'unmount that, or mount elsewhere',
};

/** Why a directory with a mount on it is refused. */
function mountedReason(mount: MountInfo, { finished, error }: Probe, word: string): string {
  const what = isOurs(mount) ? 'another vmsysctld' : `a filesystem of type ${mount.type}`;
  if (!finished) return `${what} is mounted on ${word} and does not answer: continue or kill its server, or mount elsewhere`;
  if (error !== undefined && DEAD.includes(error.code)) return `the server of ${what} on ${word} has died: umount -l ${word} first`;
  return `${what} is mounted on ${word} already: unmount it first, umount ${word}, or mount elsewhere`;
}

/** Why a directory without a mount on it is refused. Undefined if it is not. */
function unusableReason({ finished, error, directory, entry }: Probe, word: string): string | undefined {
  if (!finished) return `${word} does not answer, some server on the way there is stopped: mount elsewhere`;
  if (directory === false) return `${word} is not a directory: name an empty directory`;
  if (entry !== undefined) return `${word} is not empty, it has ${shellWord(entry)}: name an empty directory`;
  if (error === undefined) return undefined;
  return `${word} ${whyNot(error.code)}: ${ADVICE[error.code]?.replaceAll('%', () => word) ?? 'name an empty directory'}`;
}

/**
 * Why a path is refused that leads over a symbolic link which another user made in a directory where everybody may write. That user would
 * choose the mount point. Call it only for a path that answers.
 */
function misledReason(path: string, word: string): string | undefined {
  const foreign = foreignAt(resolve(path));
  return foreign?.isLink === true ? `${word} leads by way of ${shellWord(foreign.path)}, which is another user's symbolic link: name the directory itself` : undefined;
}

/**
 * Makes sure that a filesystem can be mounted on a directory, and settles with its canonical path. It unmounts mounts that killed daemons
 * of this program left there, even stacked ones, but never a living mount. It takes at most `timeout` milliseconds and a little for each
 * mount there, in whatever state their servers are.
 * @throws MountPointError if the directory is not suitable
 */
export async function prepareMountPoint(path: string, { timeout = PROBE_TIMEOUT }: { timeout?: number } = {}): Promise<string> {
  if (path === '') throw new MountPointError('the name of the mount point is empty: name an empty directory');
  const word = shellWord(path);
  for (let cleared = 0; cleared < STACK_MAX; cleared++) {
    const found = await probe(path, timeout);
    const mount = found.real === undefined ? undefined : topMountAt(await readMounts(), found.real);
    if (found.real === undefined || mount === undefined) {
      const reason = unusableReason(found, word) ?? misledReason(path, word);
      if (reason !== undefined) throw new MountPointError(reason);
      return found.real ?? path;
    }
    if (!isOurs(mount) || !DEAD.includes(found.error?.code ?? '')) throw new MountPointError(mountedReason(mount, found, word));
    const complaint = await lazyUnmount(found.real);
    if (complaint !== undefined) throw new MountPointError(`${mountedReason(mount, found, word)} (${complaint})`);
  }
  throw new MountPointError(`${word} has more than ${STACK_MAX} dead mounts on it: umount -l ${word} until none is left`);
}

/** How long a mount on the path may take to answer before its server counts as stopped, in milliseconds. */
const PROBE_TIMEOUT = 5000;

/** The findings about a directory for a mount point, until the time was up. */
interface Probe {
  /** The path with all symbolic links followed. */
  readonly real?: string;
  /** The errno name of the first call that failed, as `ENOENT`, and the step in which it failed. */
  readonly error?: { readonly code: string; readonly step: 'realpath' | 'statfs' | 'stat' | 'list' | 'write' };
  readonly directory?: boolean;
  /** A name in the directory, if it has any. */
  readonly entry?: string;
  /** False if the time was up first: a server on the path does not answer. */
  readonly finished: boolean;
}

/**
 * Prints each finding at once. statfs comes before stat: Linux may answer stat of a dead server's root from its cache, but never statfs.
 */
const SCRIPT = `
const fs = require('node:fs');
const tell = (finding) => { fs.writeSync(1, JSON.stringify(finding) + '\\n'); };
let step = 'realpath';
try {
  // Without a trailing slash or dot: the directory of a dead server can be named, but not entered.
  const real = fs.realpathSync.native(process.argv[1].replace(/(\\/+\\.?)+$/, '') || '/');
  tell({ real });
  step = 'statfs';
  fs.statfsSync(real);
  step = 'stat';
  const directory = fs.statSync(real).isDirectory();
  tell({ directory });
  if (directory) {
    step = 'list';
    const entry = fs.opendirSync(real).readSync();
    if (entry !== null) tell({ entry: entry.name });
    step = 'write';
    // fusermount(1) demands it of other users; root can mount on anything.
    if (process.geteuid() !== 0) fs.accessSync(real, fs.constants.W_OK);
  }
} catch (error) {
  tell({ error: { code: error.code ?? String(error), step } });
}
tell({ finished: true });
process.exit(0);
`;

/**
 * Examines a path in another process.
 * @param timeout how long to wait, in milliseconds
 */
async function probe(path: string, timeout: number): Promise<Probe> {
  return { finished: false, ...await probeInChild<Probe>(SCRIPT, [path], timeout) };
}
