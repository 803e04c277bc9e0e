import type { BLOCKS, Seeking } from '../abi/file-kinds.ts';
import type { Caller } from '../abi/caller.ts';
import type { FilesystemName } from './filesystems.ts';
import type { Kept, KeptBytes } from './kept-bytes.ts';

/** An open file: what one open(2) stands for until its release. */
export interface OpenFile extends Kept {
  readonly path: string;
  readonly node: FileNode;
  /** Of open(2). */
  readonly flags: number;
  readonly caller: Caller | undefined;
  /** The errno of an operation the file has no handler for. */
  readonly unserved: number;
  /** What a command answers that is written to it makes no write fail. */
  keepsGoing?: boolean;
  /** By which all of them keep something. */
  readonly kept: KeptBytes;
}

/**
 * A write that takes many steps. Each next() does one and comes back before the next; next(true) leaves the rest undone. Its value is
 * what write(2) answers: the bytes taken, or a negative errno.
 */
export type Steps = Generator<undefined, number, boolean | undefined>;

/**
 * What a file does. `read` answers at most `length` bytes at `position`; `write` the bytes taken; both, or a negative errno. A file without one
 * of them has no permission bit for it.
 */
export interface FileHandler {
  /** Whether the file can be opened, its mode apart: 0 or a negative errno. */
  open?(file: OpenFile): number;
  /** `flags` are those of open(2) as they stand now. A read that has to wait for something answers BLOCKS. */
  read?(file: OpenFile, position: number, length: number, flags: number): Uint8Array | number | typeof BLOCKS;
  write?(file: OpenFile, position: number, data: Uint8Array, caller: Caller | undefined): number | Steps;
  /** lseek(2), of a file that knows no positions: where it comes to stand, or a negative errno. */
  lseek?(file: OpenFile, offset: number, whence: number): number;
  /** The events of poll(2) that are there; always all where this is absent. */
  poll?(file: OpenFile): number;
  /** The last close(2), which nobody hears the answer of. */
  release?(file: OpenFile): Steps | undefined;
}

export interface FileNode {
  readonly kind: 'file';
  /** Permission bits. */
  readonly mode: number;
  readonly size: number;
  /** The size is another after some boot. */
  readonly sizeChanges?: true;
  readonly handler: FileHandler;
  /** What lseek(2) comes to; `positions` where absent. */
  readonly seeking?: Seeking;
  /** splice(2) and sendfile(2) from it are EINVAL: the kernel's file has no `splice_read`. Absent: as in its filesystem. */
  readonly splices?: false;
  /** Works on a dead machine too: the file is not the machine's own. */
  readonly outside?: true;
  /** It only keeps a real one from being used: where there is none, none is missed. */
  readonly shield?: true;
}

export interface SymlinkNode {
  readonly kind: 'symlink';
  readonly target: string;
}

/** The entries of a directory: a Map, or anything that makes them when they are asked for. */
export interface Children {
  get(name: string): TreeNode | undefined;
  /** Names in the order of readdir(3). */
  keys(): Iterable<string>;
  /** How many of them are directories; counted where it is not said. */
  readonly directories?: number;
}

export interface DirectoryNode {
  readonly kind: 'directory';
  readonly children: Children;
  /** Of what kind it and all below it are; absent: as what it lies in. */
  readonly filesystem?: FilesystemName;
  /** Permission bits, where they are not those of its filesystem. */
  readonly mode?: number;
  /** It takes the place of a real one as a whole: what that has besides would contradict this machine. */
  readonly whole?: true;
}

export type TreeNode = FileNode | DirectoryNode | SymlinkNode;

/** A directory with these entries. */
export function directory(
  entries: Readonly<Record<string, TreeNode>>, own: Pick<DirectoryNode, 'filesystem' | 'mode' | 'whole'> = {},
): DirectoryNode {
  return { kind: 'directory', children: new Map(Object.entries(entries)), ...own };
}

/** How many directories are among nodes. */
export function directoriesIn(nodes: Iterable<TreeNode | undefined>): number {
  let count = 0;
  for (const node of nodes) if (node?.kind === 'directory') count += 1;
  return count;
}

export function symlink(target: string): SymlinkNode {
  return { kind: 'symlink', target };
}
