import type { Caller } from '../abi/caller.ts';
import { ERRNO } from '../abi/errno.ts';
import type { BLOCKS, Seeking } from '../abi/file-kinds.ts';
import { LIMITS } from '../abi/limits.ts';
import { NotReserved } from '../abi/not-reserved.ts';
import { ALWAYS_READY, O, S_IF, SEEK } from '../abi/open-flags.ts';
import type { TreeChange } from '../abi/tree-change.ts';
import type { Faults } from './faults.ts';
import type { FilesystemKind } from './filesystems.ts';
import { KeptBytes } from './kept-bytes.ts';
import { locate } from './lookup.ts';
import { directoriesIn, type DirectoryNode, type FileNode, type OpenFile, type Steps, type TreeNode } from './node.ts';

function subdirectories({ children }: DirectoryNode): number {
  return children.directories ?? directoriesIn([...children.keys()].map((name) => children.get(name)));
}

/** `s_maxbytes` of proc, which sets none of its own (alloc_super() of fs/super.c). */
const MAX_NON_LFS = 2 ** 31 - 1;

/** How many nodes are kept by path: all of /proc/sys with many interfaces, but not a directory of half a million. */
const NODES_KEPT = 8192;

/** The machine whose files these are. */
export interface VfsHost {
  /** Runs a read or a write of one of its files as a system call of `caller`; a negative errno where the machine is dead, or dies of it. */
  enter<T>(caller: Caller | undefined, work: () => T): T | number;
  /** Lets what depends on time alone happen. */
  tick(): void;
  /** How it died; undefined while it lives. */
  readonly death: object | undefined;
  /** Counts boots, resets among them: what was read in another life is not read on. */
  readonly life: number;
  /** Another number each time that files of the tree come or go; absent where none do. */
  readonly treeVersion?: number;
}

/** What is at a path, and in what kind of filesystem. */
interface Found {
  readonly node: TreeNode;
  readonly kind: FilesystemKind;
}

function toTheEnd(steps: Steps): number {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** The steps of a write, whose answer is the errno where its lines find no room. */
function* unlessNotReserved(steps: Steps): Steps {
  try {
    return yield* steps;
  } catch (error) {
    return errnoOf(error);
  }
}

function errnoOf(error: unknown): number {
  if (error instanceof NotReserved) return error.errno;
  throw error;
}

/** The tree's files as system calls see them: names to nodes, modes, handles, and the faults a scenario asked for. */
export class Vfs {
  private readonly root: DirectoryNode;
  private readonly host: VfsHost;
  private readonly faults: Faults;
  private readonly files = new Map<number, OpenFile>();
  /** The nodes of paths that were looked up lately, in the tree of this version. */
  private readonly found = new Map<string, Found>();
  private foundVersion: number | undefined;
  private readonly inodes = new Map<string, number>();
  private readonly kept = new KeptBytes();
  private nextHandle = 1;

  constructor(root: DirectoryNode, host: VfsHost, faults: Faults) {
    this.root = root;
    this.host = host;
    this.faults = faults;
  }

  getattr(path: string): { mode: number; size: number; nlink: number; ino: number; seeking?: Seeking; splices?: false; sizeChanges?: true } | number {
    const found = this.find(path);
    if (!found) return -ERRNO.ENOENT;
    const { node, kind } = found;
    const ino = this.inodeOf(path);
    if (node.kind === 'directory') {
      return { mode: S_IF.directory | (node.mode ?? kind.directoryMode), size: 0, nlink: kind.linksDirectories ? 2 + subdirectories(node) : 1, ino };
    }
    if (node.kind === 'symlink') return { mode: S_IF.symlink | 0o777, size: 0, nlink: 1, ino };
    const { size, seeking, sizeChanges, splices = kind.splices } = node;
    return {
      mode: S_IF.regular | node.mode, size, nlink: 1, ino, ...(seeking && { seeking }), ...(splices === false && { splices }), ...(sizeChanges && { sizeChanges }),
    };
  }

  /** Where a symbolic link points to. */
  readlink(path: string): string | number {
    const node = this.find(path)?.node;
    if (!node) return -ERRNO.ENOENT;
    return node.kind === 'symlink' ? node.target : -ERRNO.EINVAL;
  }

  readdir(path: string): readonly string[] | number {
    const node = this.find(path)?.node;
    if (!node) return -ERRNO.ENOENT;
    return node.kind === 'directory' ? [...node.children.keys()] : -ERRNO.ENOTDIR;
  }

  /**
   * Opens a file: a handle, or a negative errno. Root has no way past the mode bits in sysctl and sysfs: reading a file of mode 0200 is EACCES.
   * For other users the Linux kernel has looked at the mode before it asks (default_permissions).
   */
  open(path: string, flags: number, caller?: Caller): number {
    const found = this.find(path);
    if (!found) return -ERRNO.ENOENT;
    const { node, kind } = found;
    if (node.kind !== 'file') return node.kind === 'directory' ? -ERRNO.EISDIR : -ERRNO.ELOOP;
    const access = flags & O.accmode;
    const unserved = (access !== O.wronly && !(node.mode & 0o400)) || (access !== O.rdonly && !(node.mode & 0o200));
    if (unserved && kind.unserved.by === 'open') return -kind.unserved.errno;
    const refused = this.faults.failing('open', path) || this.deadness(node);
    if (refused < 0) return refused;
    if (this.files.size >= LIMITS.openFiles.most) return -ERRNO[LIMITS.openFiles.errno];
    const file: OpenFile = { path, node, flags, caller, unserved: kind.unserved.errno, kept: this.kept };
    const opened = node.handler.open?.(file) ?? 0;
    if (opened < 0) return opened;
    const handle = this.nextHandle;
    this.nextHandle += 1;
    this.files.set(handle, file);
    return handle;
  }

  /** `flags` are those of open(2) as they stand now, where that is known. */
  read(handle: number, position: number, length: number, caller?: Caller, flags?: number): Uint8Array | number | typeof BLOCKS {
    const file = this.files.get(handle);
    const read = file?.node.handler.read;
    if (!file) return -ERRNO.EBADF;
    return read ? this.answer('read', file, caller, () => read(file, position, length, flags ?? file.flags)) : -file.unserved;
  }

  /** A write, done to its end. */
  write(handle: number, position: number, data: Uint8Array, caller?: Caller): number {
    const begun = this.beginWrite(handle, position, data, caller);
    return typeof begun === 'number' ? begun : toTheEnd(begun);
  }

  /** A write; one that may take long is not done but by its steps. */
  beginWrite(handle: number, position: number, data: Uint8Array, caller?: Caller): number | Steps {
    const file = this.files.get(handle);
    const write = file?.node.handler.write;
    if (!file) return -ERRNO.EBADF;
    if (!write) return -file.unserved;
    try {
      const begun = this.answer('write', file, caller, () => write(file, position, data, caller ?? file.caller));
      return typeof begun === 'number' ? begun : unlessNotReserved(begun);
    } catch (error) {
      return errnoOf(error);
    }
  }

  /** lseek(2) beyond what Linux sees to itself. Of ordinary files all that there is is data, as generic_file_llseek_size() of fs/read_write.c has it. */
  lseek(handle: number, offset: number, whence: number): number {
    const file = this.files.get(handle);
    if (!file) return -ERRNO.EBADF;
    const { handler, size } = file.node;
    if (handler.lseek) return handler.lseek(file, offset, whence);
    if (whence !== SEEK.data && whence !== SEEK.hole) return -ERRNO.EINVAL;
    if (offset < 0 || offset >= size) return -ERRNO.ENXIO;
    return whence === SEEK.data ? offset : size;
  }

  poll(handle: number): number {
    const file = this.files.get(handle);
    return file?.node.handler.poll?.(file) ?? ALWAYS_READY;
  }

  /** The last close(2), done to its end. */
  release(handle: number): void {
    const begun = this.beginRelease(handle);
    if (begun) toTheEnd(begun);
  }

  /** The last close(2); what is left to do is done by its steps. */
  beginRelease(handle: number): Steps | undefined {
    const file = this.files.get(handle);
    if (file === undefined) return undefined;
    this.files.delete(handle);
    const begun = file.node.handler.release?.(file);
    this.kept.forget(file);
    return begun;
  }

  /** Setting a size is allowed where writing is, and does nothing: `echo >` asks for it. One that proc's files cannot have is refused. */
  truncate(path: string, size: number): number {
    const found = this.find(path);
    if (!found) return -ERRNO.ENOENT;
    const { node, kind } = found;
    if (node.kind !== 'file') return -ERRNO.EISDIR;
    if (!(node.mode & 0o200) && !kind.truncatesAny) return -ERRNO.EACCES;
    return size > MAX_NON_LFS ? -ERRNO.EFBIG : 0;
  }

  /** Setting times is allowed and forgotten. */
  utimens(path: string): number {
    return this.find(path) ? 0 : -ERRNO.ENOENT;
  }

  /** Files of proc have nothing to flush. */
  fsync(path: string): number {
    return locate(this.root, path).kind.fsync;
  }

  /** The negative errno a change of the tree is refused with. */
  refuse(change: TreeChange, path: string): number {
    return -locate(this.root, path).kind.refusals[change];
  }

  holdBack(operation: 'open' | 'read' | 'write', path: string): number {
    return this.faults.delaying(operation, path);
  }

  /** What a file's handler answers, in its kernel if it has one, unless the scenario has the operation fail. */
  private answer<T>(operation: 'read' | 'write', file: OpenFile, caller: Caller | undefined, work: () => T): T | number {
    const failed = this.faults.failing(operation, file.path);
    if (failed < 0) return failed;
    if (file.node.outside) return work();
    return this.host.enter(caller ?? file.caller, () => {
      // What an open file has begun to show before a reboot is made again.
      if (file.text && file.life !== this.host.life) file.kept.drop(file, 'text');
      file.life = this.host.life;
      return work();
    });
  }

  /** What is at a path. Looking it up takes longer than all else that opening a file does, so what was found is kept for a while. */
  private find(path: string): Found | undefined {
    if (this.foundVersion !== this.host.treeVersion) {
      this.found.clear();
      this.foundVersion = this.host.treeVersion;
    }
    const known = this.found.get(path);
    if (known !== undefined) return known;
    const { node, kind } = locate(this.root, path);
    if (node === undefined) return undefined;
    const found = { node, kind };
    if (this.found.size >= NODES_KEPT) this.found.clear();
    this.found.set(path, found);
    return found;
  }

  private deadness(node: FileNode): number {
    if (node.outside) return 0;
    this.host.tick();
    return this.host.death ? -ERRNO.EIO : 0;
  }

  private inodeOf(path: string): number {
    const known = this.inodes.get(path);
    if (known !== undefined) return known;
    const inode = this.inodes.size + 1;
    this.inodes.set(path, inode);
    return inode;
  }
}
