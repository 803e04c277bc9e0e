/** Numbers of the kernel's FUSE protocol. Source: include/uapi/linux/fuse.h, whose names these are without their prefix. */

/** The protocol's version as it is spoken here, and the oldest minor version that is understood. */
export const FUSE_VERSION = { major: 7, minor: 45, leastMinor: 31 } as const;

/** The node id of the root directory. */
export const FUSE_ROOT_ID = 1;

/** The shortest buffer requests may be read into. */
export const FUSE_MIN_READ_BUFFER = 8192;

/** `enum fuse_opcode`. FORGET, BATCH_FORGET, INTERRUPT and NOTIFY_REPLY are not to be answered. */
export const FUSE_OPCODE = {
  LOOKUP: 1, FORGET: 2, GETATTR: 3, SETATTR: 4, READLINK: 5, SYMLINK: 6, MKNOD: 8, MKDIR: 9, UNLINK: 10, RMDIR: 11, RENAME: 12, LINK: 13, OPEN: 14,
  READ: 15, WRITE: 16, STATFS: 17, RELEASE: 18, FSYNC: 20, SETXATTR: 21, GETXATTR: 22, LISTXATTR: 23, REMOVEXATTR: 24, FLUSH: 25, INIT: 26,
  OPENDIR: 27, READDIR: 28, RELEASEDIR: 29, FSYNCDIR: 30, GETLK: 31, SETLK: 32, SETLKW: 33, ACCESS: 34, CREATE: 35, INTERRUPT: 36, BMAP: 37,
  DESTROY: 38, IOCTL: 39, POLL: 40, NOTIFY_REPLY: 41, BATCH_FORGET: 42, FALLOCATE: 43, READDIRPLUS: 44, RENAME2: 45, LSEEK: 46,
  COPY_FILE_RANGE: 47, SETUPMAPPING: 48, REMOVEMAPPING: 49, SYNCFS: 50, TMPFILE: 51, STATX: 52, COPY_FILE_RANGE_64: 53,
} as const;

export type FuseOpcode = keyof typeof FUSE_OPCODE;

/** `enum fuse_notify_code`: what a server may tell without being asked. */
export const FUSE_NOTIFY = { POLL: 1, INVAL_INODE: 2, STORE: 4, RETRIEVE: 5 } as const;

/** Flags of INIT, as far as they are asked for. */
export const FUSE_INIT_FLAG = {
  ATOMIC_O_TRUNC: 1 << 3, BIG_WRITES: 1 << 5, DO_READDIRPLUS: 1 << 13, READDIRPLUS_AUTO: 1 << 14, PARALLEL_DIROPS: 1 << 18, MAX_PAGES: 1 << 22,
  CACHE_SYMLINKS: 1 << 23,
} as const;

/** Flags of the answer to OPEN. */
export const FOPEN = { DIRECT_IO: 1 << 0, NONSEEKABLE: 1 << 2, CACHE_DIR: 1 << 3 } as const;

/** Which attributes SETATTR is to set, and whether by an open file. */
export const FATTR = {
  MODE: 1 << 0, UID: 1 << 1, GID: 1 << 2, SIZE: 1 << 3, ATIME: 1 << 4, MTIME: 1 << 5, FH: 1 << 6, ATIME_NOW: 1 << 7, MTIME_NOW: 1 << 8, CTIME: 1 << 10,
} as const;

/** Of GETATTR: the file handle counts. */
export const FUSE_GETATTR_FH = 1 << 0;

/** Of READ: a process reads. Without it the page cache does, for splice(2), sendfile(2) or a mapping. */
export const FUSE_READ_LOCKOWNER = 1 << 1;

/** Of POLL: tell with NOTIFY_POLL when there is more. */
export const FUSE_POLL_SCHEDULE_NOTIFY = 1 << 0;
