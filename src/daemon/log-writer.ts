import { writeSync } from 'node:fs';

import { ERRNO } from '../abi/errno.ts';
import type { PrintkRecord } from '../kernel/effect.ts';
import { closeFile, negativeErrno, openLogFile } from './log-file.ts';

/** Writes some of `bytes` from `offset` on, as write(2): how many were written, which may be fewer. Throws as writeSync does. */
export type WriteSome = (fd: number, bytes: Uint8Array, offset: number) => number;

/** The machine's log, appended to a file. A method answers 0, or the negative errno of what failed. */
export interface LogWriter {
  readonly path: string;
  /**
   * Appends the records; they are in the file when this returns 0. On failure (ENOSPC, EIO, …) some may be, the last of them cut short;
   * what is written next starts on a line of its own. The rest is lost: it is for the caller to tell.
   */
  write(records: readonly PrintkRecord[]): number;
  /** Opens the log anew under its name, for logrotate, or under another from now on. On failure it goes on into the file it had. */
  reopen(name?: string): number;
  /** Closes the file; writes after that answer EBADF. */
  close(): void;
}

const NEWLINE = 0x0a;

/** Opens the log at `name`, an absolute path. A negative errno if that cannot be; see openLogFile. `format` gives a record's lines. */
export function openLog(name: string, format: (record: PrintkRecord) => string, write: WriteSome = writeSync): LogWriter | number {
  const opened = openLogFile(name);
  if (typeof opened === 'number') return opened;
  let path = name;
  let fd: number | undefined = opened.fd;
  let torn = opened.torn;

  function append(descriptor: number, bytes: Uint8Array): number {
    for (let offset = 0; offset < bytes.length;) {
      let written: number;
      try {
        written = write(descriptor, bytes, offset);
      } catch (error) {
        return negativeErrno(error);
      }
      if (written === 0) return -ERRNO.EIO;
      offset += written;
      torn = bytes[offset - 1] !== NEWLINE;
    }
    return 0;
  }

  return {
    get path() {
      return path;
    },
    write(records) {
      if (fd === undefined) return -ERRNO.EBADF;
      if (records.length === 0) return 0;
      return append(fd, Buffer.from(`${torn ? '\n' : ''}${records.map(format).join('')}`));
    },
    reopen(nextPath = path) {
      if (fd === undefined) return -ERRNO.EBADF;
      const next = openLogFile(nextPath);
      if (typeof next === 'number') return next;
      closeFile(fd);
      path = nextPath;
      fd = next.fd;
      torn = next.torn;
      return 0;
    },
    close() {
      if (fd !== undefined) closeFile(fd);
      fd = undefined;
    },
  };
}
