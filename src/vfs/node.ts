import type { Caller } from '../abi/caller.ts';
import { ERRNO } from '../abi/errno.ts';
import type { BLOCKS, Seeking } from '../abi/file-calls.ts';
import { LIMITS } from '../abi/limits.ts';
import type { Buffers, FileBuffers } from './buffers.ts';
import type { FilesystemName } from './filesystems.ts';

/** An open file, from open(2) to its release. */
export interface OpenFile extends FileBuffers {
  readonly path: string;
  readonly node: FileNode;
  /** Of open(2). */
  readonly flags: number;
  readonly caller: Caller | undefined;
  /** The errno of an operation the file has no handler for. */
  readonly unserved: number;
  /** After a write that left the descriptor where it was: where it is, and where FUSE has moved it. */
  kept?: { readonly position: number; readonly seemingly: number } | undefined;
  /** A failing command in it makes no write fail: the batch goes on. */
  keepsGoing?: boolean;
  /** The buffers of all open files. */
  readonly buffers: Buffers;
}

/**
 * A write of many steps. Each next() does one step; next(true) stops and leaves the rest undone. Its return value is
 * that of write(2): the bytes taken, or a negative errno.
 */
export type Steps = Generator<undefined, number, boolean | undefined>;

/**
 * The operations of a file. `read` returns at most `length` bytes at `position`, `write` the bytes taken; both may return a negative errno.
 * A file without one of them has no permission bit for it.
 */
export interface FileHandler {
  /** Whether a caller may do what `asked` says (MAY of permission.ts), where the mode does not say so: 0 or a negative errno. */
  permission?(caller: Caller, asked: number): number;
  /** Opens the file, after the check of its mode: 0 or a negative errno. */
  open?(file: OpenFile): number;
  /** `flags` are those of open(2) as they stand now. A read that must wait returns BLOCKS. */
  read?(file: OpenFile, position: number, length: number, flags: number): Uint8Array | number | typeof BLOCKS;
  write?(file: OpenFile, position: number, data: Uint8Array, caller: Caller | undefined): number | Steps;
  /** lseek(2) of a file without positions: the new offset, or a negative errno. */
  lseek?(file: OpenFile, offset: number, whence: number): number;
  /** The pending events of poll(2). Absent: always ready. */
  poll?(file: OpenFile): number;
  /** The last close(2), whose result no caller sees. */
  release?(file: OpenFile): Steps | undefined;
}

export interface FileNode {
  readonly kind: 'file';
  /** Permission bits. */
  readonly mode: number;
  /** The permission bits that open(2) goes by for root, where they are not those of `mode`. */
  readonly openMode?: number;
  readonly size: number;
  /** A boot can change the size. */
  readonly sizeChanges?: true;
  readonly handler: FileHandler;
  /** How lseek(2) works on it. Absent: `positions`. */
  readonly seeking?: Seeking;
  /** splice(2) and sendfile(2) from it are EINVAL: the kernel's file has no `splice_read`. Absent: as in its filesystem. */
  readonly splices?: false;
  /** A read takes bytes away, wherever it begins: nothing may be read ahead. */
  readonly stream?: true;
  /** Works on a dead machine too: the file does not belong to the machine. */
  readonly outside?: true;
  /** It only prevents the use of a real file. Where there is no real file, this one is not needed. */
  readonly shield?: true;
}

interface SymlinkNode {
  readonly kind: 'symlink';
  readonly target: string;
}

/** The entries of a directory: a Map, or an object that makes each when it is looked up. */
export interface Children {
  get(name: string): TreeNode | undefined;
  /** Names in the order of readdir(3). */
  keys(): Iterable<string>;
  /** How many of them are directories. Absent: they are counted. */
  readonly directories?: number;
}

export interface DirectoryNode {
  readonly kind: 'directory';
  readonly children: Children;
  /** The filesystem of it and of all below. Absent: that of its parent. */
  readonly filesystem?: FilesystemName;
  /** Permission bits, if not those of its filesystem. */
  readonly mode?: number;
  /** It may go while the machine runs: nobody may remember that it is there. */
  readonly goes?: true;
  /** It replaces a real directory as a whole: other files there would contradict this machine. */
  readonly whole?: true;
  /** As of a file: where there is no real directory, this one is not needed. */
  readonly shield?: true;
  /** mkdir(2) and rmdir(2) of an entry: 0 or a negative errno. Absent: the filesystem refuses them. */
  readonly mkdir?: (name: string) => number;
  readonly rmdir?: (name: string) => number;
}

export type TreeNode = FileNode | DirectoryNode | SymlinkNode;

/** A directory with these entries. */
export function directory(
  entries: Readonly<Record<string, TreeNode>>, own: Pick<DirectoryNode, 'filesystem' | 'goes' | 'mode' | 'shield' | 'whole'> = {},
): DirectoryNode {
  return { kind: 'directory', children: new Map(Object.entries(entries)), ...own };
}

/** A directory that is made when a program first looks into it. Most programs look into few. `own` is as in directory(). */
export function lateDirectory(make: () => DirectoryNode, own: Parameters<typeof directory>[1] = {}): DirectoryNode {
  let made: Children | undefined;
  const children = (): Children => (made ??= make().children);
  return { kind: 'directory', children: { get: (name) => children().get(name), keys: () => children().keys() }, ...own };
}

/** The number of directories among nodes. */
export function directoriesIn(nodes: Iterable<TreeNode | undefined>): number {
  let count = 0;
  for (const node of nodes) if (node?.kind === 'directory') count += 1;
  return count;
}

export function symlink(target: string): SymlinkNode {
  return { kind: 'symlink', target };
}

/** What lies at a path. */
export interface Located {
  readonly node: TreeNode | undefined;
  /** The kind of filesystem that the path leads into. */
  readonly filesystem: FilesystemName;
  /** Directories on the way, but for the last of the path, that not everybody may search. */
  readonly guards: readonly DirectoryNode[];
}

/** The permission bit of a directory that lets everybody search it. */
const ALL_SEARCH = 0o001;

/** The node at an absolute path, if there is one. `/` is the root. */
export function locate(root: DirectoryNode, path: string): Located {
  let node: TreeNode | undefined = root;
  let filesystem: FilesystemName = root.filesystem ?? 'sysctl';
  const guards: DirectoryNode[] = [];
  for (const part of path.split('/')) {
    if (part === '') continue;
    if (node?.kind === 'directory' && node.mode !== undefined && (node.mode & ALL_SEARCH) === 0) guards.push(node);
    node = node?.kind === 'directory' ? node.children.get(part) : undefined;
    if (node?.kind === 'directory') filesystem = node.filesystem ?? filesystem;
  }
  return { node, filesystem, guards };
}

const encoder = new TextEncoder();
const NOTHING = new Uint8Array(0);

/**
 * The bytes of a generated text from `position`. The text is made at the first read, and again at position 0, as seq_file does. A
 * negative errno if there is no room to store it.
 */
export function readText(file: OpenFile, position: number, length: number, render: () => string): Uint8Array | number {
  if ((position === 0 || file.text === undefined) && !file.buffers.store(file, 'text', encoder.encode(render()))) return -ERRNO[LIMITS.textBytes.errno];
  return file.text?.subarray(position, position + length) ?? NOTHING;
}

/** A read-only file with a text. */
export function textFile(render: () => string): FileHandler {
  return { read: (file, position, length) => readText(file, position, length, render) };
}

/** A file of mode 0444 with a text. `size` is that of stat(2), a function if a boot can change it. */
export function shownFile(render: () => string, size: number | (() => number)): FileNode {
  const file = { kind: 'file', mode: 0o444, handler: textFile(render) } as const;
  return typeof size === 'number' ? { ...file, size } : { ...file, sizeChanges: true, get size() { return size(); } };
}
