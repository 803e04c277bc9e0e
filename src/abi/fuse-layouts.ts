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
/** `off` of -1: no pages, the attributes only. */
export const FUSE_NOTIFY_INVAL_INODE_OUT = { size: 24, fields: { ino: [0, 'u64'], off: [8, 'u64'], len: [16, 'u64'] } } as const satisfies Layout;
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
