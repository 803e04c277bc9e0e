import { resolve } from 'node:path';
import { whyNot } from '../abi/errno-words.ts';
import { shellWord } from '../abi/printable.ts';
import { lazyUnmount } from '../fuse/lazy-unmount.ts';
import { isOurs, type MountInfo, readMounts, topMountAt } from '../fuse/mount-info.ts';
import { probeInChild } from './probe-in-child.ts';
import { foreignAt } from './trusted-path.ts';

/** Why a directory cannot be mounted on and what would be right, in one line. */
export class MountPointError extends Error {
  override readonly name = 'MountPointError';
}

/** As many dead mounts as are cleared off one place; more means that unmounting does nothing. */
const STACK_MAX = 64;

/** What a dead server's mount answers: ENOTCONN, and ECONNABORTED to calls that were under way. */
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

/** Why a place that has a mount on it already is refused. */
function mountedReason(mount: MountInfo, { finished, error }: Probe, word: string): string {
  const what = isOurs(mount) ? 'another vmsysctld' : `a filesystem of type ${mount.type}`;
  if (!finished) return `${what} is mounted on ${word} and does not answer: continue or kill its server, or mount elsewhere`;
  if (error !== undefined && DEAD.includes(error.code)) return `the server of ${what} on ${word} has died: umount -l ${word} first`;
  return `${what} is mounted on ${word} already: unmount it first, umount ${word}, or mount elsewhere`;
}

/** Why a place without a mount on it is refused; undefined if it is not. */
function unusableReason({ finished, error, directory, entry }: Probe, word: string): string | undefined {
  if (!finished) return `${word} does not answer, some server on the way there is stopped: mount elsewhere`;
  if (directory === false) return `${word} is not a directory: name an empty directory`;
  if (entry !== undefined) return `${word} is not empty, it has ${shellWord(entry)}: name an empty directory`;
  if (error === undefined) return undefined;
  return `${word} ${whyNot(error.code)}: ${ADVICE[error.code]?.replaceAll('%', () => word) ?? 'name an empty directory'}`;
}

/**
 * Why a place is refused to which a symbolic link leads that another user has put where everybody may: he would choose what is mounted on. Only
 * to be asked of a path that was found to answer.
 */
function misledReason(path: string, word: string): string | undefined {
  const foreign = foreignAt(resolve(path));
  return foreign?.isLink === true ? `${word} leads by way of ${shellWord(foreign.path)}, which is another user's symbolic link: name the directory itself` : undefined;
}

/**
 * Makes sure that a filesystem can be mounted on a directory, and answers with its canonical path. A mount of ours left there by a killed
 * daemon is taken out of the way, any number of them if they are stacked; a living one never is. Takes no longer than `timeout`
 * (milliseconds) and a little for each mount there, whatever state their servers are in.
 * @throws MountPointError when the directory will not do
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

/** How long a mount in the way may take to answer before it counts as stopped, in milliseconds. */
const PROBE_TIMEOUT = 5000;

/** What was found out about a would-be mount point before the time was up. */
interface Probe {
  /** The path with all symbolic links followed. */
  readonly real?: string;
  /** The errno name of the first call that failed, as `ENOENT`, and what was being done. */
  readonly error?: { readonly code: string; readonly step: 'realpath' | 'statfs' | 'stat' | 'list' | 'write' };
  readonly directory?: boolean;
  /** A name in the directory, if it has any. */
  readonly entry?: string;
  /** False when the time was up first: some server on the way does not answer. */
  readonly finished: boolean;
}

/**
 * Prints each finding as soon as it has it. statfs comes before stat, for a dead
 * server's root may still be answered from Linux's memory of its attributes, and statfs never is.
 */
const SCRIPT = `
const fs = require('node:fs');
const tell = (finding) => { fs.writeSync(1, JSON.stringify(finding) + '\\n'); };
let step = 'realpath';
try {
  // Without what looks into the directory: a dead server's can still be named, but not entered.
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
    // fusermount(1) wants it of other users; root mounts on anything.
    if (process.geteuid() !== 0) fs.accessSync(real, fs.constants.W_OK);
  }
} catch (error) {
  tell({ error: { code: error.code ?? String(error), step } });
}
tell({ finished: true });
process.exit(0);
`;

/**
 * Looks at a path from another process.
 * @param timeout how long to wait, in milliseconds
 */
async function probe(path: string, timeout: number): Promise<Probe> {
  return { finished: false, ...await probeInChild<Probe>(SCRIPT, [path], timeout) };
}
