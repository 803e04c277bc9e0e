import { ERRNO } from '../abi/errno.ts';
import type { BLOCKS, Seeking } from '../abi/file-kinds.ts';
import { ALWAYS_READY, O, S_IF, SEEK } from '../abi/open-flags.ts';
import type { Caller } from '../kernel/caller.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Faults } from './faults.ts';
import { lookup } from './lookup.ts';
import type { DirectoryNode, FileNode, OpenFile, TreeNode } from './node.ts';

/** What each change of the tree is refused with, as /proc/sys of Linux 7.3 refuses root (recorded); extended attributes it knows none of. */
const REFUSALS = {
  chmod: ERRNO.EPERM,
  chown: ERRNO.EPERM,
  create: ERRNO.ENOENT,
  link: ERRNO.ENOENT,
  mkdir: ERRNO.ENOENT,
  mknod: ERRNO.ENOENT,
  removexattr: ERRNO.EOPNOTSUPP,
  rename: ERRNO.ENOENT,
  rmdir: ERRNO.EACCES,
  setxattr: ERRNO.EOPNOTSUPP,
  symlink: ERRNO.ENOENT,
  unlink: ERRNO.EACCES,
} as const;

/** `s_maxbytes` of proc, which sets none of its own (alloc_super() of fs/super.c). */
const MAX_NON_LFS = 2 ** 31 - 1;

/** How many nodes are kept by path: as many as anybody works on at a time, but not a directory of half a million. */
const NODES_KEPT = 1024;

const DIRECTORY_MODE = S_IF.directory | 0o555;

/** The tree's files as system calls see them: names to nodes, modes, handles, and the faults a scenario asked for. */
export class Vfs {
  private readonly root: DirectoryNode;
  private readonly kernel: Kernel;
  private readonly faults: Faults;
  private readonly files = new Map<number, OpenFile>();
  /** The nodes of paths that were looked up lately: the tree is constant. */
  private readonly found = new Map<string, TreeNode>();
  private readonly inodes = new Map<string, number>();
  private nextHandle = 1;

  constructor(root: DirectoryNode, kernel: Kernel, faults: Faults) {
    this.root = root;
    this.kernel = kernel;
    this.faults = faults;
  }

  getattr(path: string): { mode: number; size: number; nlink: number; ino: number; seeking?: Seeking } | number {
    const node = this.find(path);
    if (!node) return -ERRNO.ENOENT;
    const ino = this.inodeOf(path);
    if (node.kind === 'directory') return { mode: DIRECTORY_MODE, size: 0, nlink: 1, ino };
    return { mode: S_IF.regular | node.mode, size: node.size, nlink: 1, ino, ...(node.seeking && { seeking: node.seeking }) };
  }

  readdir(path: string): readonly string[] | number {
    const node = this.find(path);
    if (!node) return -ERRNO.ENOENT;
    return node.kind === 'directory' ? [...node.children.keys()] : -ERRNO.ENOTDIR;
  }

  /**
   * Opens a file: a handle, or a negative errno. Root has no way past the mode bits here, as in proc: reading a file of mode 0200 is EACCES.
   * For other users the Linux kernel has looked at the mode before it asks (default_permissions).
   */
  open(path: string, flags: number, caller?: Caller): number {
    const node = this.find(path);
    if (!node) return -ERRNO.ENOENT;
    if (node.kind === 'directory') return -ERRNO.EISDIR;
    const access = flags & O.accmode;
    if (access !== O.wronly && !(node.mode & 0o400)) return -ERRNO.EACCES;
    if (access !== O.rdonly && !(node.mode & 0o200)) return -ERRNO.EACCES;
    const refused = this.faults.failing('open', path) || this.deadness(node);
    if (refused < 0) return refused;
    const file: OpenFile = { path, node, flags, caller };
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
    return file && read ? this.answer('read', file, caller, () => read(file, position, length, flags ?? file.flags)) : -ERRNO.EBADF;
  }

  write(handle: number, position: number, data: Uint8Array, caller?: Caller): number {
    const file = this.files.get(handle);
    const write = file?.node.handler.write;
    return file && write ? this.answer('write', file, caller, () => write(file, position, data)) : -ERRNO.EBADF;
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

  release(handle: number): void {
    const file = this.files.get(handle);
    this.files.delete(handle);
    file?.node.handler.release?.(file);
  }

  /** The tree has no symbolic links. */
  readlink(path: string): string | number {
    return this.find(path) ? -ERRNO.EINVAL : -ERRNO.ENOENT;
  }

  /** Setting a size is allowed where writing is, and does nothing: `echo >` asks for it. One that proc's files cannot have is refused. */
  truncate(path: string, size: number): number {
    const node = this.find(path);
    if (!node) return -ERRNO.ENOENT;
    if (node.kind === 'directory') return -ERRNO.EISDIR;
    if (!(node.mode & 0o200)) return -ERRNO.EACCES;
    return size > MAX_NON_LFS ? -ERRNO.EFBIG : 0;
  }

  /** Setting times is allowed and forgotten. */
  utimens(path: string): number {
    return this.find(path) ? 0 : -ERRNO.ENOENT;
  }

  /** Files of proc and sysfs have nothing to flush. */
  fsync(): number {
    return -ERRNO.EINVAL;
  }

  refuse(change: keyof typeof REFUSALS): number {
    return -REFUSALS[change];
  }

  holdBack(operation: 'open' | 'read' | 'write', path: string): number {
    return this.faults.delaying(operation, path);
  }

  /** What a file's handler answers, in its kernel if it has one, unless the scenario has the operation fail. */
  private answer<T>(operation: 'read' | 'write', file: OpenFile, caller: Caller | undefined, work: () => T): T | number {
    const failed = this.faults.failing(operation, file.path);
    if (failed < 0) return failed;
    return file.node.outside ? work() : this.kernel.enter(caller ?? file.caller, work);
  }

  /** The node at a path. Looking it up takes longer than all else that opening a file does, so what was found is kept for a while. */
  private find(path: string): TreeNode | undefined {
    const known = this.found.get(path);
    if (known !== undefined) return known;
    const node = lookup(this.root, path);
    if (node === undefined) return undefined;
    if (this.found.size >= NODES_KEPT) this.found.clear();
    this.found.set(path, node);
    return node;
  }

  private deadness(node: FileNode): number {
    if (node.outside) return 0;
    this.kernel.tick();
    return this.kernel.death ? -ERRNO.EIO : 0;
  }

  private inodeOf(path: string): number {
    const known = this.inodes.get(path);
    if (known !== undefined) return known;
    const inode = this.inodes.size + 1;
    this.inodes.set(path, inode);
    return inode;
  }
}
