// The reserve: space on the log's filesystem that nobody else can take, in a file without a name. It is released when the log needs the
// space.
import { constants, fstatSync, ftruncateSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ERRNO, negativeErrno } from '../../abi/errno.ts';
import { seededRandom } from '../../kernel/random.ts';
import { closeFile } from './file.ts';

/** The most bytes of a line in any format, without its text, and of a UTF-16 unit of text: three bytes as `\\xNN`. */
const LINE_MOST = 128;
const UNIT_MOST = 12;
/** The most bytes of a line that names a page, a process, or both: the lines that come by the hundred. */
const ORDINARY_LINE = 512;

/**
 * The most bytes that one operation, or one command of a batch, prints: a write to /dev/kmsg of a record of empty lines, which each get a
 * time stamp. Operations without a limit reserve more, step by step.
 */
export const OPERATION_MOST = 163_840;
/** The bytes to reserve: for an operation, and for the part of a batch that is written at a time. */
export const RESERVE = 524_288;

/** The most bytes of `records` records of one line each, with `units` UTF-16 units of text in all. */
export function bytesAtMost({ records, units }: { readonly records: number; readonly units: number }): number {
  return records * LINE_MOST + units * UNIT_MOST;
}

/** The most bytes of an operation that prints `lines` ordinary lines besides those that any operation may print. */
export function bytesOf(lines: number): number {
  return OPERATION_MOST + lines * ORDINARY_LINE;
}

/** The errnos of missing space, for which the reserve exists. */
export const NO_SPACE: readonly number[] = [-ERRNO.ENOSPC, -ERRNO.EDQUOT];

/** Errnos with which no file can be made beside the log, now or later. Others may be temporary. */
const NEVER: readonly number[] = [-ERRNO.EACCES, -ERRNO.EPERM, -ERRNO.EROFS, -ERRNO.ENOSYS, -ERRNO.EOPNOTSUPP, -ERRNO.ENOENT];

/** The file that holds the space. */
export interface ReserveFile {
  /** Bytes that are reserved now. */
  readonly size: number;
  /** The filesystem, as st_dev. */
  readonly device: number;
  /** Reserves at least `bytes` in all: 0, or the negative errno if that is not possible. */
  fill(bytes: number): number;
  /** Releases all space. Returns whether there was any. */
  release(): boolean;
  close(): void;
}

/** O_TMPFILE of open(2): a file without a name. Node.js has no constant for it. O_DIRECTORY is part of it, and differs by architecture. */
const O_TMPFILE = 0o20000000 | constants.O_DIRECTORY;
/** Errnos of filesystems and kernels without such files. */
const NO_TMPFILE: readonly number[] = [-ERRNO.EOPNOTSUPP, -ERRNO.EISDIR, -ERRNO.ENOENT, -ERRNO.EINVAL];
const PIECE = 65_536;

/** Bytes that cannot be compressed. node:crypto makes them too, but loading it takes a sixth of the start of Node.js. */
function noise(length: number): Uint8Array {
  const random = seededRandom(Math.random() * 2 ** 32);
  const words = new Uint32Array(length / Uint32Array.BYTES_PER_ELEMENT).map(() => random.integer(2 ** 32));
  return new Uint8Array(words.buffer);
}

/** Opens a file without a name in a directory. Linux removes it with this process, however that ends. */
function openNameless(directory: string): number {
  try {
    return openSync(directory, O_TMPFILE | constants.O_WRONLY, 0o600);
  } catch (error) {
    if (!NO_TMPFILE.includes(negativeErrno(error))) throw error;
  }
  const path = join(directory, `.vmsysctld-${process.pid}-${Math.random().toString(36).slice(2)}`);
  const fd = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, 0o600);
  unlinkSync(path);
  return fd;
}

/** An empty reserve beside the log, or a negative errno if none can be made there. */
export function openReserveFile(logPath: string): ReserveFile | number {
  let fd: number;
  try {
    fd = openNameless(dirname(logPath));
  } catch (error) {
    return negativeErrno(error);
  }
  // Not zeros: a filesystem that compresses, or makes holes, would reserve no space for them.
  const filling = noise(PIECE);
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
    release(): boolean {
      if (reserve.size === 0) return false;
      ftruncateSync(fd, 0);
      reserve.size = 0;
      return true;
    },
    close: () => { closeFile(fd); },
  };
  return reserve;
}

/** The reserve of a log. The log may move to another filesystem, or to one where nothing can be reserved. */
export class Reserve {
  readonly #open: () => ReserveFile | number;
  readonly #report: (news: string, errno: number) => void;
  #file: ReserveFile | undefined;
  /** The filesystem on which nothing can be reserved for this log, if any. */
  #without: number | undefined;

  constructor(open: () => ReserveFile | number, report: (news: string, errno: number) => void) {
    this.#open = open;
    this.#report = report;
  }

  /**
   * Reserves `bytes` on the filesystem of the log: 0, or the negative errno if there is less space. Also 0 if nothing can be reserved
   * there.
   * @param device the filesystem, as st_dev; undefined if the log is not a regular file
   */
  fill(device: number | undefined, bytes: number): number {
    if (device === undefined || device === this.#without) return 0;
    if (this.#file?.device === device) return this.#file.fill(bytes);
    this.close();
    const file = this.#open();
    if (typeof file === 'number') return NEVER.includes(file) ? this.#doWithout(device, file) : file;
    if (file.device !== device) {
      // The log is a bind mount of a single file.
      file.close();
      return this.#doWithout(device, -ERRNO.EXDEV);
    }
    this.#file = file;
    return file.fill(bytes);
  }

  /** Releases all space. Returns whether there was any. */
  release(): boolean {
    return this.#file?.release() === true;
  }

  close(): void {
    this.#file?.close();
    this.#file = undefined;
  }

  #doWithout(device: number, errno: number): number {
    this.#without = device;
    this.#report('no space can be reserved beside the log: when its filesystem is full, the first write that fails was done all the same', errno);
    return 0;
  }
}
