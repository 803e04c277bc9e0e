import { closeSync, constants, fchmodSync, fstatSync, mkdirSync, openSync, readSync } from 'node:fs';
import { dirname } from 'node:path';

import { ERRNO } from '../abi/errno.ts';

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

/** The negative errno of a failed system call. Anything else that was thrown is a bug, and thrown on. */
export function negativeErrno(error: unknown): number {
  if (error instanceof Error && 'errno' in error && typeof error.errno === 'number') return error.errno;
  throw error;
}

/** Whether a file holds something that does not end in a newline: an earlier daemon ran out of disk amid a line. */
function endsAmidLine(fd: number, path: string): boolean {
  const { size } = fstatSync(fd);
  if (size === 0) return false;
  const last = Buffer.alloc(1);
  const reader = openSync(path, constants.O_RDONLY | SAFELY);
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

/**
 * A file that is there keeps its mode and owner: logrotate's `create` and an admin's chmod are meant to last. O_CREAT all the same:
 * the file may vanish in between, and with it the kernel refuses another user's file in /tmp (fs.protected_regular).
 */
function openExisting(path: string): LogFile {
  const fd = openSync(path, FLAGS, MODE);
  try {
    return { fd, torn: endsAmidLine(fd, path) };
  } catch {
    // It may be appended to but not read; that it ends in a newline is the likelier case.
    return { fd, torn: false };
  }
}

function makeDirectory(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o755 });
  } catch (error) {
    // What is there is no directory: open(2) says so better (ENOTDIR).
    if (negativeErrno(error) !== -ERRNO.EEXIST) throw error;
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
 * Opens a log file for appending and makes it and its parent directories (0755, less the umask) if need be.
 * A negative errno on failure: ELOOP for a symbolic link, ENXIO for a FIFO without a reader.
 */
export function openLogFile(path: string): LogFile | number {
  try {
    makeDirectory(dirname(path));
    return createFile(path) ?? openExisting(path);
  } catch (error) {
    return negativeErrno(error);
  }
}
