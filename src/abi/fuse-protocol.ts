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

/** `enum fuse_notify_code`: what a server may send without a request. */
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

/** Of POLL: notify with NOTIFY_POLL when there is more. */
export const FUSE_POLL_SCHEDULE_NOTIFY = 1 << 0;

/**
 * Structures of the kernel's FUSE protocol: their sizes in bytes, and where each field lies. All are in the byte order of the machine, which
 * is little-endian wherever Node.js runs on Linux but on s390x. Fields that are padding, or of no use here, are left out.
 * Source: include/uapi/linux/fuse.h, protocol 7.38; what later versions added lies in what was padding.
 */

/** Where a number lies in a structure, and how it is stored. */
export type Field = readonly [at: number, type: 'u16' | 'u32' | 'i32' | 'u64'];

export interface Layout {
  readonly size: number;
  readonly fields: Readonly<Record<string, Field>>;
}

export const FUSE_IN_HEADER = {
  size: 40,
  fields: {
    len: [0, 'u32'], opcode: [4, 'u32'], unique: [8, 'u64'], nodeid: [16, 'u64'], uid: [24, 'u32'], gid: [28, 'u32'], pid: [32, 'u32'],
    /** In units of 8 bytes; extensions come last. */
    total_extlen: [36, 'u16'],
  },
} as const satisfies Layout;

export const FUSE_OUT_HEADER = { size: 16, fields: { len: [0, 'u32'], error: [4, 'i32'], unique: [8, 'u64'] } } as const satisfies Layout;

export const FUSE_ATTR = {
  size: 88,
  fields: {
    ino: [0, 'u64'], size: [8, 'u64'], blocks: [16, 'u64'], atime: [24, 'u64'], mtime: [32, 'u64'], ctime: [40, 'u64'], atimensec: [48, 'u32'],
    mtimensec: [52, 'u32'], ctimensec: [56, 'u32'], mode: [60, 'u32'], nlink: [64, 'u32'], uid: [68, 'u32'], gid: [72, 'u32'], rdev: [76, 'u32'],
    blksize: [80, 'u32'], flags: [84, 'u32'],
  },
} as const satisfies Layout;

/** Followed by a `fuse_attr`. */
export const FUSE_ENTRY_OUT = {
  size: 40 + FUSE_ATTR.size,
  fields: {
    nodeid: [0, 'u64'], generation: [8, 'u64'], entry_valid: [16, 'u64'], attr_valid: [24, 'u64'], entry_valid_nsec: [32, 'u32'],
    attr_valid_nsec: [36, 'u32'],
  },
} as const satisfies Layout;

/** Followed by a `fuse_attr`. */
export const FUSE_ATTR_OUT = {
  size: 16 + FUSE_ATTR.size, fields: { attr_valid: [0, 'u64'], attr_valid_nsec: [8, 'u32'] },
} as const satisfies Layout;

export const FUSE_FORGET_IN = { size: 8, fields: { nlookup: [0, 'u64'] } } as const satisfies Layout;
export const FUSE_FORGET_ONE = { size: 16, fields: { nodeid: [0, 'u64'], nlookup: [8, 'u64'] } } as const satisfies Layout;
/** Followed by `count` of `fuse_forget_one`. */
export const FUSE_BATCH_FORGET_IN = { size: 8, fields: { count: [0, 'u32'] } } as const satisfies Layout;
export const FUSE_GETATTR_IN = { size: 16, fields: { getattr_flags: [0, 'u32'], fh: [8, 'u64'] } } as const satisfies Layout;
export const FUSE_SETATTR_IN = { size: 88, fields: { valid: [0, 'u32'], fh: [8, 'u64'], size: [16, 'u64'] } } as const satisfies Layout;

/** Before the name, or names, that it is about. */
export const FUSE_MKNOD_IN = { size: 16, fields: { mode: [0, 'u32'] } } as const satisfies Layout;
export const FUSE_MKDIR_IN = { size: 8, fields: { mode: [0, 'u32'] } } as const satisfies Layout;
export const FUSE_RENAME_IN = { size: 8, fields: { newdir: [0, 'u64'] } } as const satisfies Layout;
export const FUSE_RENAME2_IN = { size: 16, fields: { newdir: [0, 'u64'], flags: [8, 'u32'] } } as const satisfies Layout;
export const FUSE_LINK_IN = { size: 8, fields: { oldnodeid: [0, 'u64'] } } as const satisfies Layout;
export const FUSE_CREATE_IN = { size: 16, fields: { flags: [0, 'u32'], mode: [4, 'u32'] } } as const satisfies Layout;

export const FUSE_OPEN_IN = { size: 8, fields: { flags: [0, 'u32'] } } as const satisfies Layout;
export const FUSE_OPEN_OUT = { size: 16, fields: { fh: [0, 'u64'], open_flags: [8, 'u32'] } } as const satisfies Layout;
export const FUSE_RELEASE_IN = { size: 24, fields: { fh: [0, 'u64'], flags: [8, 'u32'] } } as const satisfies Layout;
/** `flags` are those of open(2) and fcntl(F_SETFL) as they stand. */
export const FUSE_READ_IN = {
  size: 40, fields: { fh: [0, 'u64'], offset: [8, 'u64'], size: [16, 'u32'], read_flags: [20, 'u32'], flags: [32, 'u32'] },
} as const satisfies Layout;
/** Followed by `size` bytes. */
export const FUSE_WRITE_IN = {
  size: 40, fields: { fh: [0, 'u64'], offset: [8, 'u64'], size: [16, 'u32'], flags: [32, 'u32'] },
} as const satisfies Layout;
export const FUSE_WRITE_OUT = { size: 8, fields: { size: [0, 'u32'] } } as const satisfies Layout;
export const FUSE_FSYNC_IN = { size: 16, fields: { fh: [0, 'u64'] } } as const satisfies Layout;
/** `struct fuse_kstatfs`. */
export const FUSE_STATFS_OUT = { size: 80, fields: { bsize: [40, 'u32'], namelen: [44, 'u32'], frsize: [48, 'u32'] } } as const satisfies Layout;

export const FUSE_INIT_IN = {
  size: 64, fields: { major: [0, 'u32'], minor: [4, 'u32'], max_readahead: [8, 'u32'], flags: [12, 'u32'] },
} as const satisfies Layout;
export const FUSE_INIT_OUT = {
  size: 64,
  fields: {
    major: [0, 'u32'], minor: [4, 'u32'], max_readahead: [8, 'u32'], flags: [12, 'u32'], max_background: [16, 'u16'],
    congestion_threshold: [18, 'u16'], max_write: [20, 'u32'], time_gran: [24, 'u32'], max_pages: [28, 'u16'],
  },
} as const satisfies Layout;

export const FUSE_ACCESS_IN = { size: 8, fields: { mask: [0, 'u32'] } } as const satisfies Layout;
export const FUSE_INTERRUPT_IN = { size: 8, fields: { unique: [0, 'u64'] } } as const satisfies Layout;
export const FUSE_POLL_IN = { size: 24, fields: { fh: [0, 'u64'], kh: [8, 'u64'], flags: [16, 'u32'], events: [20, 'u32'] } } as const satisfies Layout;
export const FUSE_POLL_OUT = { size: 8, fields: { revents: [0, 'u32'] } } as const satisfies Layout;
export const FUSE_NOTIFY_POLL_WAKEUP_OUT = { size: 8, fields: { kh: [0, 'u64'] } } as const satisfies Layout;
export const FUSE_NOTIFY_RETRIEVE_OUT = {
  size: 32, fields: { notify_unique: [0, 'u64'], nodeid: [8, 'u64'], offset: [16, 'u64'], size: [24, 'u32'] },
} as const satisfies Layout;
/** Followed by `size` bytes. */
export const FUSE_NOTIFY_STORE_OUT = { size: 24, fields: { nodeid: [0, 'u64'], offset: [8, 'u64'], size: [16, 'u32'] } } as const satisfies Layout;
/** Of COPY_FILE_RANGE and COPY_FILE_RANGE_64. */
export const FUSE_COPY_FILE_RANGE_IN = { size: 56, fields: { fh_in: [0, 'u64'], off_in: [8, 'u64'] } } as const satisfies Layout;
export const FUSE_LSEEK_IN = { size: 24, fields: { fh: [0, 'u64'], offset: [8, 'u64'], whence: [16, 'u32'] } } as const satisfies Layout;
export const FUSE_LSEEK_OUT = { size: 8, fields: { offset: [0, 'u64'] } } as const satisfies Layout;

/** Followed by the name, and zeros up to a multiple of 8 bytes. */
export const FUSE_DIRENT = {
  size: 24, fields: { ino: [0, 'u64'], off: [8, 'u64'], namelen: [16, 'u32'], type: [20, 'u32'] },
} as const satisfies Layout;
