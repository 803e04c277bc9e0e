import { randomBytes } from 'node:crypto';
import { constants, fstatSync, ftruncateSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ERRNO } from '../../abi/errno.ts';
import { negativeErrno } from '../errno-of.ts';
import { closeFile } from './file.ts';

/** Room on the log's filesystem that nobody else can take: it is given back when the log needs it. */
export interface LogReserve {
  /** Bytes that are kept now. */
  readonly size: number;
  /** The filesystem, as st_dev. */
  readonly device: number;
  /** Keeps at least so many: 0, or the negative errno for which they are fewer. */
  fill(bytes: number): number;
  /** Gives all of it back; whether there was any. */
  giveBack(): boolean;
  close(): void;
}

/** A file without a name: open(2). Linux's number, for Node has no name for it; O_DIRECTORY is part of it, and differs. */
const O_TMPFILE = 0o20000000 | constants.O_DIRECTORY;
/** What a filesystem, or Linux, says that has no such files. */
const NO_TMPFILE: readonly number[] = [-ERRNO.EOPNOTSUPP, -ERRNO.EISDIR, -ERRNO.ENOENT, -ERRNO.EINVAL];
const PIECE = 65_536;

/** A file in a directory that has no name, at once or from the start, so that it goes with this process however that ends. */
function openNameless(directory: string): number {
  try {
    return openSync(directory, O_TMPFILE | constants.O_WRONLY, 0o600);
  } catch (error) {
    if (!NO_TMPFILE.includes(negativeErrno(error))) throw error;
  }
  const path = join(directory, `.vmsysctld-${randomBytes(8).toString('hex')}`);
  const fd = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, 0o600);
  unlinkSync(path);
  return fd;
}

/** An empty reserve beside the log; a negative errno where none can be made there. */
export function openReserve(logPath: string): LogReserve | number {
  let fd: number;
  try {
    fd = openNameless(dirname(logPath));
  } catch (error) {
    return negativeErrno(error);
  }
  // Not zeros: a filesystem that compresses, or leaves holes, would keep no room for them.
  const filling = randomBytes(PIECE);
  const reserve = {
    size: 0,
    device: fstatSync(fd).dev,
    fill(bytes: number): number {
      try {
        while (reserve.size < bytes) reserve.size += writeSync(fd, filling, 0, Math.min(PIECE, bytes - reserve.size), reserve.size);
        return 0;
      } catch (error) {
        return negativeErrno(error);
      }
    },
    giveBack(): boolean {
      if (reserve.size === 0) return false;
      ftruncateSync(fd, 0);
      reserve.size = 0;
      return true;
    },
    close: () => { closeFile(fd); },
  };
  return reserve;
}
