import { BLOCKS, type Seeking } from '../abi/file-kinds.ts';
import type { Caller } from '../abi/caller.ts';
import type { TreeChange } from '../abi/tree-change.ts';

/** What stat(2) tells of a node. Times are not kept: like proc, a node's times are the time it was first looked at. */
export interface Attributes {
  /** Type and permission bits, as `st_mode`. */
  readonly mode: number;
  readonly size: number;
  readonly nlink: number;
  /** Inode number, the same for the same path as long as the mount lives. */
  readonly ino: number;
  /** What lseek(2) comes to; `positions` where absent. */
  readonly seeking?: Seeking;
  /** splice(2) and sendfile(2) from it are refused with EINVAL. */
  readonly splices?: false;
  /** `size` can be another the next time: it is not to be cached where that can be said of one file. */
  readonly sizeChanges?: true;
  /** A read takes bytes away, wherever it begins: nothing may be read ahead. */
  readonly stream?: true;
  /** The name can come and go: it may not be cached. */
  readonly transient?: true;
}

export { BLOCKS, type Seeking };

/** An operation that takes longer than others can be made to wait: it goes on when it is asked to. */
export interface LongWork {
  /** Goes on for a few milliseconds: the operation's answer when it is done, undefined before. */
  proceed(): number | undefined;
  /** Leaves the rest undone: the operation's answer. */
  stop(): number;
}

/** The operations that `delay` of the control file delays. An open(2) is not delayed: it precedes either. */
export type DelayedOperation = 'read' | 'write';

/**
 * What a transport serves. Paths are absolute within the mount (`/proc/sys/vm/swappiness`). Every method answers at once with a
 * value or a negative errno and never throws on purpose; a transport answers EIO for one that does, and logs it.
 * By the time a method returns, all it caused is done: log lines are in the log file.
 */
export interface Filesystem {
  getattr(path: string): Attributes | number;
  /** What a symbolic link points to, or a negative errno. */
  readlink(path: string): string | number;
  /** Names in a directory, without `.` and `..`. */
  readdir(path: string): readonly string[] | number;
  /** `flags` are those of open(2). The value is a file handle. */
  open(path: string, flags: number, caller?: Caller): number;
  /** At most `length` bytes; fewer, or none, at the end. `flags` are those of open(2) as fcntl(2) has changed them since, where known. */
  read(handle: number, position: number, length: number, caller?: Caller, flags?: number): Uint8Array | number | typeof BLOCKS;
  write(handle: number, position: number, data: Uint8Array, caller?: Caller): number | LongWork;
  /** lseek(2) with a whence that Linux does not see to itself: where it comes to stand, or a negative errno. */
  lseek(handle: number, offset: number, whence: number): number;
  /** The events of poll(2) that are there now. */
  poll(handle: number): number;
  release(handle: number): LongWork | undefined;
  truncate(path: string, size: number): number;
  utimens(path: string): number;
  fsync(path: string): number;
  /** mkdir(2) and rmdir(2): 0 or a negative errno. */
  mkdir(path: string, caller?: Caller): number;
  rmdir(path: string, caller?: Caller): number;
  /** The negative errno that refuses every other change of the tree: none of the emulated filesystems allows one. */
  refuse(change: TreeChange, path: string): number;
  /** By how many milliseconds to delay the reply to this operation, as `delay` of the control file asked; 0 mostly. Called once per operation. */
  holdBack(operation: DelayedOperation, path: string): number;
}
