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
  read?(file: OpenFile, position: number, length: number): Uint8Array | number;
  write?(file: OpenFile, position: number, data: Uint8Array): number;
  /** The last close(2). */
  release?(file: OpenFile): void;
}

export interface FileNode {
  readonly kind: 'file';
  /** Permission bits. */
  readonly mode: number;
  readonly size: number;
  readonly handler: FileHandler;
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
