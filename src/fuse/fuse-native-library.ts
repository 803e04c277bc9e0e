import { createRequire } from 'node:module';
import { TransportError } from './transport.ts';

/** Answers a request: 0 or a negative errno. */
export type NativeReply = (result: number) => void;
/** Answers an open: 0 or a negative errno, and the file handle, a non-negative int32. */
export type HandleReply = (result: number, handle?: number) => void;

/** What fuse-native makes a `struct stat` of. Every number but size, blocks and the times is cut to 32 bits; times are milliseconds. */
export interface FuseStat {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly nlink: number;
  readonly ino: number;
  readonly blksize: number;
  readonly blocks: number;
  readonly atime: number;
  readonly mtime: number;
  readonly ctime: number;
}

/** What fuse-native makes a `struct statvfs` of; what is left out is 0. */
export interface FuseStatfs {
  readonly bsize: number;
  readonly frsize: number;
  readonly namemax: number;
}

/**
 * The operations of fuse-native 2.2.6 that are used, in its argument order. The library answers ENOSYS to one that is left out. Linux
 * remembers that for flush, access and the xattrs, and asks once in the life of a mount. `fgetattr` must only be present: the library
 * calls `getattr` for it. The buffers of read and write lie in libfuse's own memory, and are valid only until the reply.
 */
export interface FuseOperations {
  getattr(path: string, reply: (result: number, stat?: FuseStat) => void): void;
  fgetattr(path: string, handle: number, reply: (result: number, stat?: FuseStat) => void): void;
  readdir(path: string, reply: (result: number, names?: readonly string[], stats?: readonly FuseStat[]) => void): void;
  readlink(path: string, reply: (result: number, target?: string) => void): void;
  statfs(path: string, reply: (result: number, statfs?: FuseStatfs) => void): void;
  open(path: string, flags: number, reply: HandleReply): void;
  /** The reply's result is the number of bytes read, or a negative errno; write's alike. */
  read(path: string, handle: number, buffer: Buffer, length: number, position: number, reply: NativeReply): void;
  write(path: string, handle: number, buffer: Buffer, length: number, position: number, reply: NativeReply): void;
  release(path: string, handle: number, reply: NativeReply): void;
  fsync(path: string, dataOnly: number, handle: number, reply: NativeReply): void;
  truncate(path: string, size: number, reply: NativeReply): void;
  ftruncate(path: string, handle: number, size: number, reply: NativeReply): void;
  /** `mtime` is a copy of `atime`: fuse-native.c passes the same value twice. */
  utimens(path: string, atime: number, mtime: number, reply: NativeReply): void;
  chmod(path: string, mode: number, reply: NativeReply): void;
  chown(path: string, uid: number, gid: number, reply: NativeReply): void;
  create(path: string, mode: number, reply: HandleReply): void;
  mknod(path: string, mode: number, device: number, reply: NativeReply): void;
  mkdir(path: string, mode: number, reply: NativeReply): void;
  unlink(path: string, reply: NativeReply): void;
  rmdir(path: string, reply: NativeReply): void;
  rename(from: string, to: string, reply: NativeReply): void;
  link(from: string, to: string, reply: NativeReply): void;
  symlink(target: string, path: string, reply: NativeReply): void;
  setxattr(path: string, name: string, value: Buffer, position: number, flags: number, reply: NativeReply): void;
  removexattr(path: string, name: string, reply: NativeReply): void;
}

/** A mount made by fuse-native: a Nanoresource, whose open mounts. */
export interface FuseMount {
  open(done: (error: Error | null) => void): void;
  /** Unmounts with the static `unmount`, then no longer keeps the event loop alive. */
  close(done: (error: Error | null) => void): void;
  /** The whole `-o…` argument for libfuse, at most 1023 bytes. Internal, but the only way to set an option that has no name in `options`. */
  _fuseOptions(): string;
}

/** The exported class of fuse-native. */
export interface FuseNative {
  /** `timeout` is how long a handler may take before the library answers ETIMEDOUT itself: 15 s unless given, never when false. */
  new (mountPoint: string, operations: FuseOperations, options: { timeout: false }): FuseMount;
  /** Unmounts with `sh -c`. The name is quoted for JSON, not for a shell. */
  unmount: (mountPoint: string, done: (error: Error | null) => void) => void;
}

const require = createRequire(import.meta.url);

/** The longest name of a mount point: fuse-native.c copies it to a `char[1024]` and cuts off the rest silently. */
export const MOUNT_POINT_MAX = 1023;

/** The only Linux platform for which fuse-native has a binary. */
const BUILT_FOR = 'linux-x64';

/** Why fuse-native cannot be loaded on a platform, such as `linux-x64`, and what would be right; `text` is the message of the failure. */
export function whyNotLoaded(text: string, platform: string): string {
  if (text.includes('libfuse.so.2')) return 'libfuse.so.2 is missing: apt-get install libfuse2 fuse3';
  const absent = text.includes("'fuse-native'");
  if (!absent && !text.includes('No native build')) return `fuse-native cannot be loaded: ${text.split('\n')[0] ?? ''}`;
  if (platform !== BUILT_FOR) return `fuse-native has no build for ${platform}, only for ${BUILT_FOR}: use --transport dev-fuse`;
  if (absent) return 'fuse-native is not installed: npm install --ignore-scripts fuse-native, with -g if vmsysctld is, and apt-get install libfuse2 fuse3';
  return `the binary of fuse-native for ${BUILT_FOR} is missing from its package: install fuse-native again, or use --transport dev-fuse`;
}

/**
 * Loads fuse-native, native code that needs version 2 of libfuse. It is loaded only for a mount, so that everything else works without it.
 * It is an optional peer dependency: npm never installs it by itself. It has had no release since 2020, and brings 8 MB.
 * @throws TransportError when it cannot be loaded
 */
export function loadFuseNative(): FuseNative {
  let library: FuseNative;
  try {
    library = require('fuse-native') as FuseNative;
  } catch (error) {
    throw new TransportError(whyNotLoaded(error instanceof Error ? error.message : String(error), `${process.platform}-${process.arch}`), { cause: error });
  }
  // Its own command breaks on names that mean something else to a shell than in JSON ($, newlines). This transport unmounts before it closes.
  library.unmount = (_mountPoint, done) => { done(null); };
  return library;
}
