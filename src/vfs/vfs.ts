// Files as system calls see them, whatever machine they belong to. The folder imports only abi/: it knows no kernel. Start at Vfs below,
// whose methods are system calls; node.ts is what a tree consists of, filesystems.ts what proc, sysfs and debugfs refuse.
import type { Caller } from '../abi/caller.ts';
import { ERRNO, NotReserved } from '../abi/errno.ts';
import { ALWAYS_READY, type Attributes, type BLOCKS, O, S_IF, SEEK, type TreeChange } from '../abi/file-calls.ts';
import { LIMITS } from '../abi/limits.ts';
import { Buffers } from './buffers.ts';
import type { Faults } from './faults.ts';
import { type FilesystemKind, FILESYSTEMS } from './filesystems.ts';
import { Handles } from './handles.ts';
import { directoriesIn, type DirectoryNode, type FileNode, locate, type OpenFile, type Steps, type TreeNode } from './node.ts';
import { askedByOpen, genericPermission, MAY, ownerOrCapable } from './permission.ts';

function subdirectories({ children }: DirectoryNode): number {
  return children.directories ?? directoriesIn([...children.keys()].map((name) => children.get(name)));
}

/** `s_maxbytes` of proc, which has the default (alloc_super() of fs/super.c). */
const MAX_NON_LFS = 2 ** 31 - 1;

/** Changes of a directory, which take the permission to write to it. */
const OF_DIRECTORY: readonly TreeChange[] = ['create', 'link', 'mkdir', 'mknod', 'rename', 'rmdir', 'symlink', 'unlink'];

/** Most nodes in the cache by path: enough for /proc/sys with many interfaces, but not for a directory of half a million. */
const NODES_KEPT = 8192;

/** The machine that the files belong to. */
export interface VfsHost {
  /** Runs a read or a write of one of its files as a system call of `caller`; a negative errno if the machine is dead, or panics in it. */
  enter<T>(caller: Caller | undefined, work: () => T): T | number;
  /** Does what depends on time alone. */
  tick(): void;
  /** Set while the machine is dead. */
  readonly death: object | undefined;
  /** Counts boots and resets: a text of another life is not read on. */
  readonly life: number;
  /** Changes each time that files of the tree appear or disappear. Absent: they never do. */
  readonly treeVersion?: number;
}

/** The node at a path, its inode number, and the kind of its filesystem. */
interface Found {
  readonly node: TreeNode;
  readonly ino: number;
  readonly kind: FilesystemKind;
  /** Directories on the way that not everybody may search. */
  readonly guards: readonly DirectoryNode[];
}

function toTheEnd(steps: Steps): number {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** The steps of a write; they return the errno if there is no space for its lines in the log. */
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

/** The files of a tree as system calls see them: paths, modes, handles, and injected faults. */
export class Vfs {
  readonly #root: DirectoryNode;
  readonly #host: VfsHost;
  readonly #faults: Faults;
  readonly #files = new Handles();
  /** A cache of nodes by path, for one version of the tree. */
  readonly #found = new Map<string, Found>();
  #foundVersion: number | undefined;
  readonly #inodes = new Map<string, number>();
  readonly #buffers = new Buffers();

  constructor(root: DirectoryNode, host: VfsHost, faults: Faults) {
    this.#root = root;
    this.#host = host;
    this.#faults = faults;
  }

  getattr(path: string): Attributes | number {
    const found = this.#find(path);
    if (!found) return -ERRNO.ENOENT;
    const { node, ino, kind } = found;
    if (node.kind === 'directory') {
      const nlink = kind.linksDirectories ? 2 + subdirectories(node) : 1;
      return { mode: S_IF.directory | (node.mode ?? kind.directoryMode), size: 0, nlink, ino, ...(node.goes && { goes: true }) };
    }
    if (node.kind === 'symlink') return { mode: S_IF.symlink | 0o777, size: 0, nlink: 1, ino };
    const { size, seeking, sizeChanges, stream, splices = stream ? undefined : kind.splices } = node;
    // Each name of a listing comes here: a literal takes a fraction of the time of properties that are there or not.
    return { mode: S_IF.regular | node.mode, size, nlink: 1, ino, seeking, splices: splices === false ? false : undefined, sizeChanges, stream };
  }

  /** Where a symbolic link points to. */
  readlink(path: string): string | number {
    const node = this.#find(path)?.node;
    if (!node) return -ERRNO.ENOENT;
    return node.kind === 'symlink' ? node.target : -ERRNO.EINVAL;
  }

  readdir(path: string): readonly string[] | number {
    const node = this.#find(path)?.node;
    if (!node) return -ERRNO.ENOENT;
    return node.kind === 'directory' ? [...node.children.keys()] : -ERRNO.ENOTDIR;
  }

  /**
   * Whether a caller may do what `asked` says (MAY of permission.ts) to what is at a path: 0 or a negative errno. Without a caller the Linux
   * kernel has checked the mode (default_permissions).
   */
  access(path: string, asked: number, caller?: Caller): number {
    const found = this.#find(path);
    return found === undefined ? -ERRNO.ENOENT : this.#permission(found, asked, caller);
  }

  /**
   * Opens a file: a handle, or a negative errno. Mode bits hold for root too in sysctl and sysfs: reading a file of mode 0200 is EACCES. As
   * for the caller, see {@link access}.
   */
  open(path: string, flags: number, caller?: Caller): number {
    const found = this.#find(path);
    if (!found) return -ERRNO.ENOENT;
    const { node, kind } = found;
    if (node.kind !== 'file') return node.kind === 'directory' ? -ERRNO.EISDIR : -ERRNO.ELOOP;
    const forbidden = this.#permission(found, askedByOpen(flags), caller);
    if (forbidden < 0) return forbidden;
    const access = flags & O.accmode;
    const mode = node.openMode ?? node.mode;
    const unserved = (access !== O.wronly && !(mode & 0o400)) || (access !== O.rdonly && !(mode & 0o200));
    if (unserved && kind.unserved.by === 'open') return -kind.unserved.errno;
    const refused = this.#faults.failing('open', path) || this.#deadness(node);
    if (refused < 0) return refused;
    if (this.#files.size >= LIMITS.openFiles.most) return -ERRNO[LIMITS.openFiles.errno];
    const file: OpenFile = {
      path, node, flags, caller, unserved: kind.unserved.errno, buffers: this.#buffers, text: undefined, life: 0, carried: undefined,
    };
    const opened = node.handler.open?.(file) ?? 0;
    return opened < 0 ? opened : this.#files.add(file);
  }

  /** `flags` are the current flags of the open file, if known. */
  read(handle: number, position: number, length: number, caller?: Caller, flags?: number): Uint8Array | number | typeof BLOCKS {
    const file = this.#files.get(handle);
    const read = file?.node.handler.read;
    if (!file) return -ERRNO.EBADF;
    return read ? this.#answer('read', file, caller, () => read(file, position, length, flags ?? file.flags)) : -file.unserved;
  }

  /** A write, with all its steps. */
  write(handle: number, position: number, data: Uint8Array, caller?: Caller): number {
    const begun = this.beginWrite(handle, position, data, caller);
    return typeof begun === 'number' ? begun : toTheEnd(begun);
  }

  /** Begins a write. A long one returns its steps, and the caller runs them. */
  beginWrite(handle: number, position: number, data: Uint8Array, caller?: Caller): number | Steps {
    const file = this.#files.get(handle);
    const write = file?.node.handler.write;
    if (!file) return -ERRNO.EBADF;
    if (!write) return -file.unserved;
    try {
      const begun = this.#answer('write', file, caller, () => write(file, position, data, caller ?? file.caller));
      return typeof begun === 'number' ? begun : unlessNotReserved(begun);
    } catch (error) {
      return errnoOf(error);
    }
  }

  /** lseek(2), as far as Linux passes it on. Ordinary files are data throughout, as in generic_file_llseek_size() (fs/read_write.c). */
  lseek(handle: number, offset: number, whence: number): number {
    const file = this.#files.get(handle);
    if (!file) return -ERRNO.EBADF;
    const { handler, size } = file.node;
    if (handler.lseek) return handler.lseek(file, offset, whence);
    if (whence !== SEEK.data && whence !== SEEK.hole) return -ERRNO.EINVAL;
    if (offset < 0 || offset >= size) return -ERRNO.ENXIO;
    return whence === SEEK.data ? offset : size;
  }

  poll(handle: number): number {
    const file = this.#files.get(handle);
    return file?.node.handler.poll?.(file) ?? ALWAYS_READY;
  }

  /** The last close(2), with all its steps. */
  release(handle: number): void {
    const begun = this.beginRelease(handle);
    if (begun) toTheEnd(begun);
  }

  /** Begins the last close(2). If work is left, it returns its steps, and the caller runs them. */
  beginRelease(handle: number): Steps | undefined {
    const file = this.#files.get(handle);
    if (file === undefined) return undefined;
    this.#files.remove(handle);
    const begun = file.node.handler.release?.(file);
    this.#buffers.dropAll(file);
    return begun;
  }

  /**
   * Sets a size, as `echo >` does: allowed where writing is, and without effect. A size that files of proc cannot have is refused. `caller` is
   * that of truncate(2): what is opened was checked then.
   */
  truncate(path: string, size: number, caller?: Caller): number {
    const found = this.#find(path);
    if (!found) return -ERRNO.ENOENT;
    const { node, kind } = found;
    if (node.kind !== 'file') return -ERRNO.EISDIR;
    const forbidden = this.#permission(found, MAY.write, caller);
    if (forbidden < 0) return forbidden;
    if (!((node.openMode ?? node.mode) & 0o200) && !kind.truncatesAny) return -ERRNO.EACCES;
    return size > MAX_NON_LFS ? -ERRNO.EFBIG : 0;
  }

  /**
   * Sets times, without effect. `now` needs the right to write, any other time needs the owner. Mirrors notify_change() and setattr_prepare()
   * (fs/attr.c).
   */
  utimens(path: string, now = false, caller?: Caller): number {
    const found = this.#find(path);
    if (found === undefined) return -ERRNO.ENOENT;
    if (caller === undefined || ownerOrCapable(caller)) return 0;
    return now ? this.#permission(found, MAY.write, caller) : -ERRNO.EPERM;
  }

  /** Files of proc have nothing to flush. */
  fsync(path: string): number {
    return this.#kindAt(path).fsync;
  }

  /** The negative errno that refuses a change of the tree. Who may not write to the directory is refused for that, where Linux gets that far. */
  refuse(change: TreeChange, path: string, caller?: Caller): number {
    const refusal = -this.#kindAt(path).refusals[change];
    if (caller === undefined || !OF_DIRECTORY.includes(change) || refusal !== -ERRNO.EPERM) return refusal;
    return this.access(path.slice(0, Math.max(path.lastIndexOf('/'), 1)), MAY.write | MAY.exec, caller) || refusal;
  }

  /** mkdir(2): 0 or a negative errno. */
  mkdir(path: string, caller?: Caller): number {
    return this.#changeDirectory('mkdir', path, caller);
  }

  /** rmdir(2): 0 or a negative errno. */
  rmdir(path: string, caller?: Caller): number {
    return this.#changeDirectory('rmdir', path, caller);
  }

  #changeDirectory(change: 'mkdir' | 'rmdir', path: string, caller: Caller | undefined): number {
    const slash = path.lastIndexOf('/');
    const parent = this.#find(path.slice(0, slash) || '/')?.node;
    const make = parent?.kind === 'directory' ? parent[change] : undefined;
    return make === undefined ? this.refuse(change, path, caller) : this.#host.enter(caller, () => make(path.slice(slash + 1)));
  }

  holdBack(path: string): number {
    return this.#faults.delaying(path);
  }

  /**
   * Runs the handler of a file, as a system call of its kernel if the file belongs to one, unless an injected fault fails the operation.
   */
  #answer<T>(operation: 'read' | 'write', file: OpenFile, caller: Caller | undefined, work: () => T): T | number {
    const failed = this.#faults.failing(operation, file.path);
    if (failed < 0) return failed;
    if (file.node.outside) return work();
    // A text that was begun before a reboot is made again, also when the reboot is due now.
    this.#host.tick();
    if (file.life !== this.#host.life) {
      if (file.text !== undefined) file.buffers.drop(file, 'text');
      file.life = this.#host.life;
    }
    return this.#host.enter(caller ?? file.caller, work);
  }

  #permission({ node, kind, guards }: Found, asked: number, caller: Caller | undefined): number {
    if (caller === undefined) return 0;
    for (const each of guards) {
      const forbidden = genericPermission(caller, each.mode ?? 0, 'directory', MAY.exec);
      if (forbidden < 0) return forbidden;
    }
    if (node.kind === 'symlink') return 0;
    if (node.kind === 'directory') return genericPermission(caller, node.mode ?? kind.directoryMode, 'directory', asked);
    return node.handler.permission?.(caller, asked) ?? genericPermission(caller, node.openMode ?? node.mode, 'file', asked);
  }

  /** The node at a path, from the cache if it is there: looking up a path takes longer than all else in open(2). */
  #find(path: string): Found | undefined {
    if (this.#foundVersion !== this.#host.treeVersion) {
      this.#found.clear();
      this.#foundVersion = this.#host.treeVersion;
    }
    const known = this.#found.get(path);
    if (known !== undefined) return known;
    const { node, filesystem, guards } = locate(this.#root, path);
    if (node === undefined) return undefined;
    const found = { node, ino: this.#inodeOf(path), kind: FILESYSTEMS[filesystem], guards };
    if (this.#found.size >= NODES_KEPT) this.#found.clear();
    this.#found.set(path, found);
    return found;
  }

  /** The kind of filesystem that a path leads into, also where there is no node. */
  #kindAt(path: string): FilesystemKind {
    return FILESYSTEMS[locate(this.#root, path).filesystem];
  }

  #deadness(node: FileNode): number {
    if (node.outside) return 0;
    this.#host.tick();
    return this.#host.death ? -ERRNO.EIO : 0;
  }

  #inodeOf(path: string): number {
    const known = this.#inodes.get(path);
    if (known !== undefined) return known;
    const inode = this.#inodes.size + 1;
    this.#inodes.set(path, inode);
    return inode;
  }
}
