import type { BLOCKS, Seeking } from '../abi/file-kinds.ts';
import type { Caller } from '../kernel/caller.ts';

/** An open file: what one open(2) stands for until its release. */
export interface OpenFile {
  readonly path: string;
  readonly node: FileNode;
  /** Of open(2). */
  readonly flags: number;
  readonly caller: Caller | undefined;
  /** What a generated text was when its reading began, so that pieces of it fit together. */
  text?: Uint8Array;
  /** Bytes of an unfinished line that a large write was cut at. */
  carried?: Uint8Array;
}

/**
 * What a file does. `read` answers at most `length` bytes at `position`; `write` the bytes taken; both, or a negative errno. A file without one
 * of them has no permission bit for it.
 */
export interface FileHandler {
  /** Whether the file can be opened, its mode apart: 0 or a negative errno. */
  open?(file: OpenFile): number;
  /** `flags` are those of open(2) as they stand now. A read that has to wait for something answers BLOCKS. */
  read?(file: OpenFile, position: number, length: number, flags: number): Uint8Array | number | typeof BLOCKS;
  write?(file: OpenFile, position: number, data: Uint8Array): number;
  /** lseek(2), of a file that knows no positions: where it comes to stand, or a negative errno. */
  lseek?(file: OpenFile, offset: number, whence: number): number;
  /** The events of poll(2) that are there; always all where this is absent. */
  poll?(file: OpenFile): number;
  /** The last close(2). */
  release?(file: OpenFile): void;
}

export interface FileNode {
  readonly kind: 'file';
  /** Permission bits. */
  readonly mode: number;
  readonly size: number;
  readonly handler: FileHandler;
  /** What lseek(2) comes to; `positions` where absent. */
  readonly seeking?: Seeking;
  /** Works on a dead machine too: the file is not the machine's own. */
  readonly outside?: true;
}

export interface DirectoryNode {
  readonly kind: 'directory';
  readonly children: ReadonlyMap<string, TreeNode>;
}

export type TreeNode = FileNode | DirectoryNode;

/** A directory with these entries. */
export function directory(entries: Readonly<Record<string, TreeNode>>): DirectoryNode {
  return { kind: 'directory', children: new Map(Object.entries(entries)) };
}
