/** Flags of open(2). Source: include/uapi/asm-generic/fcntl.h. */
export const O = { accmode: 3, rdonly: 0, wronly: 1, rdwr: 2, trunc: 0o1000, append: 0o2000, nonblock: 0o4000 } as const;

/** Types in `st_mode`. Source: include/uapi/linux/stat.h. */
export const S_IF = { directory: 0o040000, regular: 0o100000, symlink: 0o120000 } as const;

/** Of lseek(2). Source: include/uapi/linux/fs.h. */
export const SEEK = { set: 0, cur: 1, end: 2, data: 3, hole: 4 } as const;

/** Events of poll(2). Source: include/uapi/asm-generic/poll.h, include/uapi/linux/eventpoll.h. */
export const POLL = { in: 0x1, pri: 0x2, out: 0x4, err: 0x8, nval: 0x20, rdnorm: 0x40, wrnorm: 0x100 } as const;

/** What poll(2) finds on a file that is always ready: DEFAULT_POLLMASK of include/linux/poll.h. */
export const ALWAYS_READY = POLL.in | POLL.out | POLL.rdnorm | POLL.wrnorm;

/** The result of a read that must wait for data. It is repeated when there may be some. */
export const BLOCKS = 'blocks';

/**
 * How lseek(2) works on a file. `positions`: as usual. `none`: ESPIPE, also for pread(2) and pwrite(2). `records`: the file ignores
 * positions, returns one record for each read(2) and handles lseek(2) itself, as /dev/kmsg does.
 */
export type Seeking = 'positions' | 'none' | 'records';

/** Calls that change a tree of files, besides reading and writing. */
export type TreeChange =
  | 'chmod' | 'chown' | 'create' | 'link' | 'mkdir' | 'mknod' | 'removexattr' | 'rename' | 'rmdir' | 'setxattr' | 'symlink' | 'unlink';

/** What stat(2) reports of a node. Times are not stored: as in proc, a node's times are the time of its first lookup. */
export interface Attributes {
  /** Type and permission bits, as `st_mode`. */
  readonly mode: number;
  readonly size: number;
  readonly nlink: number;
  /** Inode number, the same for the same path as long as the mount lives. */
  readonly ino: number;
  /** How lseek(2) works on it; `positions` if absent. */
  readonly seeking?: Seeking | undefined;
  /** splice(2) and sendfile(2) from it are refused with EINVAL. */
  readonly splices?: false | undefined;
  /** `size` may change: a transport that can choose for each file must not let Linux cache it. */
  readonly sizeChanges?: true | undefined;
  /** A read takes bytes away, wherever it begins: nothing may be read ahead. */
  readonly stream?: true | undefined;
  /** The name may go: it is not to be cached. What lies below goes with it. */
  readonly goes?: true;
}
