// Numbers, flags and words that Linux shares with programs, and what fuse/, vfs/ and kernel/ must agree on. The folder imports nothing.
// Each file is a table of one header of Linux, which it names. Start anywhere.
/**
 * Linux error numbers, x86-64 and every other asm-generic architecture.
 * Source: include/uapi/asm-generic/errno-base.h and errno.h.
 */
export const ERRNO = {
  EPERM: 1, ENOENT: 2, ESRCH: 3, EINTR: 4, EIO: 5, ENXIO: 6, E2BIG: 7, ENOEXEC: 8, EBADF: 9, ECHILD: 10, EAGAIN: 11,
  ENOMEM: 12, EACCES: 13, EFAULT: 14, ENOTBLK: 15, EBUSY: 16, EEXIST: 17, EXDEV: 18, ENODEV: 19, ENOTDIR: 20, EISDIR: 21,
  EINVAL: 22, ENFILE: 23, EMFILE: 24, ENOTTY: 25, ETXTBSY: 26, EFBIG: 27, ENOSPC: 28, ESPIPE: 29, EROFS: 30, EMLINK: 31,
  EPIPE: 32, EDOM: 33, ERANGE: 34, EDEADLK: 35, ENAMETOOLONG: 36, ENOLCK: 37, ENOSYS: 38, ENOTEMPTY: 39, ELOOP: 40,
  ENOMSG: 42, ENODATA: 61, ETIME: 62, EPROTO: 71, EBADMSG: 74, EOVERFLOW: 75, EILSEQ: 84, EUSERS: 87, EMSGSIZE: 90,
  EOPNOTSUPP: 95, EADDRINUSE: 98, ENOBUFS: 105, ENOTCONN: 107, ETIMEDOUT: 110, ECONNREFUSED: 111, EALREADY: 114,
  EINPROGRESS: 115, ESTALE: 116, EUCLEAN: 117, EREMOTEIO: 121, EDQUOT: 122, ENOMEDIUM: 123, ECANCELED: 125,
  EKEYREJECTED: 129, EOWNERDEAD: 130, ENOTRECOVERABLE: 131, ERFKILL: 132, EHWPOISON: 133,
  /** Programs never see it, but some handlers return it. Source: include/linux/errno.h. */
  ENOTSUPP: 524,
} as const;

export type ErrnoName = keyof typeof ERRNO;

const NAMES = new Map<number, string>(Object.entries(ERRNO).map(([name, value]) => [value, name]));

/** The name of an errno, given positive or negative: `errnoName(-16)` is `'EBUSY'`; `'E' + n` for one without a name here. */
export function errnoName(errno: number): string {
  return NAMES.get(Math.abs(errno)) ?? `E${Math.abs(errno)}`;
}

/** Whether a word names an errno of the table: `isErrnoName('EIO')`. */
export function isErrnoName(word: string): word is ErrnoName {
  return Object.hasOwn(ERRNO, word);
}

/** The negative errno of a failed system call. Anything else that was thrown is a bug, and thrown on. */
export function negativeErrno(error: unknown): number {
  if (error instanceof Error && 'errno' in error && typeof error.errno === 'number') return error.errno;
  throw error;
}

/**
 * Thrown before anything is done, if no space can be reserved for the lines that would be printed. Caught where the request is answered,
 * and between the commands of a batch.
 */
export class NotReserved extends Error {
  /** Negative. */
  readonly errno: number;

  constructor(errno: number) {
    super('there is no space for what would be printed');
    this.errno = errno;
  }
}
