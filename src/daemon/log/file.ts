import { closeSync, constants, fchmodSync, fstatSync, mkdirSync, openSync, readSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

import { ERRNO, type ErrnoName, errnoName, negativeErrno } from '../../abi/errno.ts';
import { whyNot } from '../../abi/errno-words.ts';
import { everybodyWritesBeside, foreignOnTheWay, isTrusted } from '../trusted-path.ts';

// O_NONBLOCK: a FIFO that nobody reads is an error (ENXIO), not a daemon that hangs. O_NOCTTY: a terminal as log stays somebody else's.
const SAFELY = constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY;
const FLAGS = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | SAFELY;
const MODE = 0o640;

/** A log file, open for appending. */
export interface LogFile {
  readonly fd: number;
  /** Whether what is in the file ends amid a line, so that a newline must go first. */
  readonly torn: boolean;
}

/** Why there is no log. */
export interface LogRefusal {
  /** Negative. */
  readonly errno: number;
  /** To be put behind the name of the file: `is a directory (EISDIR)`. */
  readonly why: string;
}

/** What an errno means of a log beyond its phrase: it is opened with O_NOFOLLOW, after its directory was made. */
const OF_A_LOG: Partial<Record<ErrnoName, string>> = {
  ELOOP: ', or is a symbolic link itself',
  ENOENT: ', and its directory cannot be made',
};

/** The refusal that an errno is. */
export function refusal(errno: number): LogRefusal {
  const name = errnoName(errno);
  return { errno, why: `${whyNot(name).replace(/ \([A-Z0-9]+\)$/, '')}${OF_A_LOG[name as ErrnoName] ?? ''} (${name})` };
}

/** A refusal on the way out of what opens the file. */
class Refused extends Error {
  readonly refusal: LogRefusal;

  constructor(why: string) {
    super(why);
    this.refusal = { errno: -ERRNO.EPERM, why };
  }
}

/**
 * Whether a file holds something that does not end in a newline: an earlier daemon ran out of disk amid a line. `fd` only writes. The file
 * is opened by its descriptor, not by its name, which may be another file's by now.
 */
export function endsAmidLine(fd: number): boolean {
  const { size } = fstatSync(fd);
  if (size === 0) return false;
  const last = Buffer.alloc(1);
  const reader = openSync(`/proc/self/fd/${fd}`, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  try {
    return readSync(reader, last, 0, 1, size - 1) === 1 && last[0] !== 0x0a;
  } finally {
    closeFile(reader);
  }
}

/** A new file, mode 0640 whatever the umask; undefined if there is one of that name. */
function createFile(path: string): LogFile | undefined {
  let fd: number;
  try {
    fd = openSync(path, FLAGS | constants.O_EXCL, MODE);
  } catch (error) {
    if (negativeErrno(error) === -ERRNO.EEXIST) return undefined;
    throw error;
  }
  fchmodSync(fd, MODE);
  return { fd, torn: false };
}

/** A file that somebody may have put there to have it written by us: in /tmp, or as another name of a file that is not his. */
function refuseForeign(fd: number, path: string): void {
  const found = fstatSync(fd);
  if (found.isFile() && found.nlink > 1) throw new Refused('is a file that has other names too (hard links)');
  if (!isTrusted(found) && everybodyWritesBeside(path)) throw new Refused(`belongs to another user, ${found.uid}, in a directory where everybody may write`);
}

/**
 * A file that is there keeps its mode and owner: logrotate's `create` and an admin's chmod are meant to last. O_CREAT all the same:
 * the file may vanish in between, and with it the kernel refuses another user's file in /tmp (fs.protected_regular).
 */
function openExisting(path: string): LogFile {
  const fd = openSync(path, FLAGS, MODE);
  try {
    refuseForeign(fd, path);
  } catch (error) {
    closeFile(fd);
    throw error;
  }
  try {
    return { fd, torn: endsAmidLine(fd) };
  } catch (error) {
    negativeErrno(error);
    // It may be appended to but not read; that it ends in a newline is the likelier case.
    return { fd, torn: false };
  }
}

/** As mkdir -p. Node's own goes round for ever where mkdir(2) says ENOENT of a name in a directory that is there, as in /proc. */
function makeDirectory(path: string): void {
  const missing: string[] = [];
  for (let at = path; statSync(at, { throwIfNoEntry: false }) === undefined; at = dirname(at)) missing.push(at);
  for (const each of missing.reverse()) {
    try {
      mkdirSync(each, { mode: 0o755 });
    } catch (error) {
      // Somebody else has just made it; or what is there is none, which open(2) says better (ENOTDIR).
      if (negativeErrno(error) !== -ERRNO.EEXIST) throw error;
    }
  }
}

/** Closes a descriptor. What close(2) answers is of no use any more: the descriptor is gone, and every write was answered for. */
export function closeFile(fd: number): void {
  try {
    closeSync(fd);
  } catch (error) {
    negativeErrno(error);
  }
}

/**
 * Opens a log file for appending and makes it and its parent directories (0755, less the umask) if need be. Refused are a symbolic link,
 * and what another user can have put there or can exchange, where everybody may write.
 * @param path absolute
 */
export function openLogFile(path: string): LogFile | LogRefusal {
  try {
    const foreign = foreignOnTheWay(path);
    if (foreign !== undefined) throw new Refused(`lies below ${foreign.path}, which another user has put where everybody may write`);
    makeDirectory(dirname(path));
    return createFile(path) ?? openExisting(path);
  } catch (error) {
    return error instanceof Refused ? error.refusal : refusal(negativeErrno(error));
  }
}
