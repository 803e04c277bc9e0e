// Serves a filesystem by FUSE. This file says what a filesystem is to a transport, and service.ts how a transport runs one. transport.ts
// says what a transport is, and transports.ts lists them: dev-fuse/ speaks the protocol itself, fuse-native.ts leaves it to libfuse. The
// folder may import abi alone: it knows no model. Start with Filesystem below.
import type { Caller } from '../abi/caller.ts';
import { ERRNO } from '../abi/errno.ts';
import { type Attributes, BLOCKS, O, type Seeking, type TreeChange } from '../abi/file-calls.ts';

export { type Attributes, BLOCKS, type Seeking };

/** An operation that takes so long that others must be served meanwhile. It is done in slices. */
export interface LongWork {
  /** Works for a few milliseconds. Returns the operation's answer when it is done, undefined before. */
  proceed(): number | undefined;
  /** Stops, and leaves the rest undone. Returns the operation's answer. */
  stop(): number;
}

/** The operations that `delay` of the control file delays. It does not delay open(2), which comes before either. */
export type DelayedOperation = 'read' | 'write';

/**
 * What a transport serves. Paths are absolute within the mount (`/proc/sys/vm/swappiness`). Every method returns at once: a value
 * or a negative errno. None throws on purpose; if one does, the transport answers EIO and logs it. When a method returns, everything it
 * caused is done: its log lines are in the log file.
 */
export interface Filesystem {
  /**
   * `listed`: the same request has just asked for another name of the same directory. What changes without a request is not looked for again.
   */
  getattr(path: string, listed?: boolean): Attributes | number;
  /**
   * Whether a caller may do what `asked` says to what is at a path, as access(2) asks: read 4, write 2, execute 1. 0 or a negative errno. Where
   * a method is given no caller, Linux has checked the mode itself.
   */
  access(path: string, asked: number, caller?: Caller): number;
  /** What a symbolic link points to, or a negative errno. */
  readlink(path: string): string | number;
  /** Names in a directory, without `.` and `..`. */
  readdir(path: string): readonly string[] | number;
  /** `flags` are those of open(2). The value is a file handle. */
  open(path: string, flags: number, caller?: Caller): number;
  /** At most `length` bytes; fewer, or none, at the end. `flags` are those of open(2), with later changes by fcntl(2) if the transport knows them. */
  read(handle: number, position: number, length: number, caller?: Caller, flags?: number): Uint8Array | number | typeof BLOCKS;
  write(handle: number, position: number, data: Uint8Array, caller?: Caller): number | LongWork;
  /** lseek(2) with a whence that Linux leaves to the server. Returns the new position, or a negative errno. */
  lseek(handle: number, offset: number, whence: number): number;
  /** The events of poll(2) that are there now. */
  poll(handle: number): number;
  release(handle: number): LongWork | undefined;
  truncate(path: string, size: number, caller?: Caller): number;
  /** `now`: to the present time. */
  utimens(path: string, now?: boolean, caller?: Caller): number;
  fsync(path: string): number;
  /** mkdir(2) and rmdir(2): 0 or a negative errno. */
  mkdir(path: string, caller?: Caller): number;
  rmdir(path: string, caller?: Caller): number;
  /** The negative errno that refuses every other change of the tree: none of the emulated filesystems allows one. */
  refuse(change: TreeChange, path: string, caller?: Caller): number;
  /** How many milliseconds to delay the reply to this operation, as `delay` of the control file asks; mostly 0. Called once per operation. */
  holdBack(operation: DelayedOperation, path: string): number;
}

/**
 * Opens a file, and truncates it if the flags ask for it. Linux leaves that to the server, which saves a request for each `echo >`.
 * Returns the handle, or a negative errno.
 */
export function openFile(filesystem: Filesystem, path: string, flags: number, caller?: Caller): number {
  const handle = filesystem.open(path, flags, caller);
  if (handle < 0 || (flags & O.trunc) === 0) return handle;
  const truncated = filesystem.truncate(path, 0);
  if (truncated >= 0) return handle;
  filesystem.release(handle);
  return truncated;
}

/** Errnos from this number on are internal to the kernel (ERESTARTSYS). Linux refuses a reply with one. Source: fuse_dev_do_write(). */
const FIRST_INTERNAL = 512;

/** A result that a FUSE reply may carry. An internal errno, such as 524 (ENOTSUPP), becomes EOPNOTSUPP. */
export function resultOverFuse(result: number): number {
  return result <= -FIRST_INTERNAL ? -ERRNO.EOPNOTSUPP : result;
}
