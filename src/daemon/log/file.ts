import { closeSync, constants, fchmodSync, fstatSync, mkdirSync, openSync, readSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

import { ERRNO, type ErrnoName, errnoName, negativeErrno } from '../../abi/errno.ts';
import { whyNot } from '../../abi/errno-words.ts';
import { everybodyWritesBeside, foreignOnTheWay, isTrusted } from '../trusted-path.ts';

// O_NONBLOCK: a FIFO without a reader is an error (ENXIO), and does not block the daemon. O_NOCTTY: a terminal as log does not become its
// own.
const SAFELY = constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY;
const FLAGS = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | SAFELY;
const MODE = 0o640;

/** A log file, open for appending. */
export interface LogFile {
  readonly fd: number;
  /** Whether the file ends within a line, so that a newline must come first. */
  readonly torn: boolean;
}

/** Why the log cannot be opened. */
export interface LogRefusal {
  /** Negative. */
  readonly errno: number;
  /** The reason, to go after the name of the file: `is a directory (EISDIR)`. */
  readonly why: string;
}

/** What an errno means for a log, besides its phrase. The log is opened with O_NOFOLLOW, after its directory was made. */
const OF_A_LOG: Partial<Record<ErrnoName, string>> = {
  ELOOP: ', or is a symbolic link itself',
  ENOENT: ', and its directory cannot be made',
};

/** The refusal for an errno. */
export function refusal(errno: number): LogRefusal {
  const name = errnoName(errno);
  return { errno, why: `${whyNot(name).replace(/ \([A-Z0-9]+\)$/, '')}${OF_A_LOG[name as ErrnoName] ?? ''} (${name})` };
}

/** A refusal, as an error to throw. */
class Refused extends Error {
  readonly refusal: LogRefusal;

  constructor(why: string) {
    super(why);
    this.refusal = { errno: -ERRNO.EPERM, why };
  }
}

/**
 * Whether a file is not empty and does not end in a newline: an earlier daemon ran out of disk space within a line. `fd` is only for
 * writing. The file is opened again by its descriptor, not by its name, because another file may have the name now.
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

/** Makes a new file of mode 0640, whatever the umask. Undefined if a file of that name exists. */
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

/** Refuses a file that another user may have put there so that this daemon writes it: in /tmp, or as a hard link to a file of others. */
function refuseForeign(fd: number, path: string): void {
  const found = fstatSync(fd);
  if (found.isFile() && found.nlink > 1) throw new Refused('is a file that has other names too (hard links)');
  if (!isTrusted(found) && everybodyWritesBeside(path)) throw new Refused(`belongs to another user, ${found.uid}, in a directory where everybody may write`);
}

/**
 * Opens an existing file, which keeps its mode and owner: logrotate's `create` and an admin's chmod must last. O_CREAT is there for two
 * reasons: the file may vanish meanwhile, and with it the kernel refuses another user's file in /tmp (fs.protected_regular).
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
    // It can be appended to, but not read. It probably ends in a newline.
    return { fd, torn: false };
  }
}

/** As mkdir -p. Node's own loops for ever if mkdir(2) fails with ENOENT in a directory that exists, as in /proc. */
function makeDirectory(path: string): void {
  const missing: string[] = [];
  for (let at = path; statSync(at, { throwIfNoEntry: false }) === undefined; at = dirname(at)) missing.push(at);
  for (const each of missing.reverse()) {
    try {
      mkdirSync(each, { mode: 0o755 });
    } catch (error) {
      // Another process has just made it; or it is not a directory, for which open(2) has the better error (ENOTDIR).
      if (negativeErrno(error) !== -ERRNO.EEXIST) throw error;
    }
  }
}

/** Closes a descriptor. The result of close(2) does not matter: the descriptor is gone, and every write was checked. */
export function closeFile(fd: number): void {
  try {
    closeSync(fd);
  } catch (error) {
    negativeErrno(error);
  }
}

/**
 * Opens a log file for appending. It makes the file and its parent directories (0755, less the umask) if they are missing. It refuses a
 * symbolic link, and what another user may have put there or can replace, where everybody may write.
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
