import { ERRNO, errnoName } from '../../src/abi/errno.ts';
import { O } from '../../src/abi/file-calls.ts';
import type { Caller } from '../../src/abi/caller.ts';
import type { Vfs } from '../../src/vfs/vfs.ts';

/** The result of a call: a count, a negative errno, the bytes read, or a text. */
type Answer = number | Uint8Array | string;

interface Descriptor {
  readonly handle: number;
  readonly path: string;
  readonly flags: number;
  position: number;
}

/** Flags that Linux checks before it asks a filesystem. Source: include/uapi/asm-generic/fcntl.h. */
const FLAGS = { RDWR: O.rdwr, WRONLY: O.wronly, TRUNC: 0o1000, APPEND: 0o2000, CREAT: 0o100, EXCL: 0o200, DIRECTORY: 0o200000 } as const;
/** sysseq.c reads at most this much of a file when it records or compares values, and in `cat`. */
const [SNAP_BYTES, CAT_BYTES] = [512, 65_536];
const SEEK_CUR = '1';
const S_IFDIR = 0o040000;

/** The bytes of a command: hexadecimal, `20*4094,` for 4,094 times the byte 20, `-` for none. */
export function bytesOf(text: string): Buffer {
  return Buffer.concat([...text.matchAll(/([0-9a-f]{2})(?:\*(\d+),)?/g)].map(([, hex = '', count]) => Buffer.alloc(Number(count ?? 1), hex, 'hex')));
}

/** An answer as the recordings have it. */
function textOf(answer: Answer): string {
  if (typeof answer === 'string') return answer;
  if (typeof answer === 'number') return answer < 0 ? errnoName(answer) : String(answer);
  return `${answer.length} ${Buffer.from(answer).toString('hex')}`;
}

/** A value as `changed` prints it. */
function printed(value: Uint8Array): string {
  return Buffer.from(value).toString('latin1').replaceAll('\n', '').replaceAll(/[\t ]/g, ',');
}

/**
 * The commands of sysseq.c (test/recordings), and `try FILE HEX`, which is `set` and `changed` with the names sorted. They run on the files
 * of a machine in this process: one descriptor with its position, and calls by name. What Linux decides before it asks proc or sysfs is
 * decided here as in fs/open.c, fs/namei.c and fs/read_write.c.
 */
export class FileOperations {
  readonly #vfs: Vfs;
  readonly #caller: Caller;
  /** The directory that names in commands are relative to. */
  readonly #root: string;
  #open: Descriptor | undefined;
  #snapshot = new Map<string, Uint8Array>();

  constructor(vfs: Vfs, root: string, caller: Caller = { pid: 1, uid: 0, comm: 'sysseq' }) {
    this.#vfs = vfs;
    this.#root = root;
    this.#caller = caller;
  }

  /** The answer to a command, without the command. */
  run(command: string): string {
    const [operation = '', ...words] = command.split(' ');
    const run = this.#operations[operation];
    if (run === undefined) throw new Error(`sysseq.c knows no operation '${operation}'`);
    return textOf(run(...words));
  }

  readonly #operations: Readonly<Record<string, (...words: string[]) => Answer>> = {
    open: (name = '', flags = '') => {
      this.#close();
      const opened = this.#openPath(name, Object.entries(FLAGS).reduce((sum, [flag, bit]) => (flags.includes(flag) ? sum | bit : sum), 0));
      if (typeof opened === 'number') return opened;
      this.#open = opened;
      return 0;
    },
    close: () => this.#close(),
    read: (length) => this.#advancing((file) => this.#read(file, Number(length), file.position)),
    pread: (length, position) => this.#positioned((file) => this.#read(file, Number(length), Number(position))),
    write: (hex = '') => this.#advancing((file) => this.#write(file, bytesOf(hex), file.position)),
    writerep: (hex = '', count) => this.#advancing((file) => this.#write(file, Buffer.alloc(Number(count), hex, 'hex'), file.position)),
    pwrite: (position, hex = '') => this.#positioned((file) => this.#write(file, bytesOf(hex), Number(position))),
    lseek: (offset, whence) => this.#with((file) => {
      const position = Number(offset) + (whence === SEEK_CUR ? file.position : 0);
      if (position < 0) return -ERRNO.EINVAL;
      file.position = position;
      return position;
    }),
    ftruncate: (size) =>
      this.#with((file) => ((file.flags & O.accmode) === O.rdonly ? -ERRNO.EINVAL : this.#vfs.truncate(file.path, Number(size)))),
    fsync: () => this.#with(({ path }) => this.#vfs.fsync(path)),
    set: (name = '', hex = '') =>
      this.#once(name, FLAGS.WRONLY | FLAGS.TRUNC | FLAGS.CREAT, (file) => this.#write(file, bytesOf(hex), 0)),
    cat: (name = '') => this.#once(name, O.rdonly, (file) => this.#read(file, CAT_BYTES, 0)),
    stat: (name = '') => {
      const found = this.#vfs.getattr(this.#path(name));
      return typeof found === 'number' ? found : `mode=${found.mode.toString(8)} uid=0 gid=0 size=${found.size} nlink=${found.nlink}`;
    },
    truncate: (name = '', size) => this.#vfs.truncate(this.#path(name), Number(size)),
    utimes: (name = '') => this.#vfs.utimens(this.#path(name)),
    chmod: (name) => this.#refused('chmod', name),
    chown: (name) => this.#refused('chown', name),
    unlink: (name) => this.#refused('unlink', name),
    rmdir: (name) => this.#refused('rmdir', name),
    rename: (name) => this.#refused('rename', name),
    link: (name) => this.#refused('link', name),
    mkdir: (name = '') => this.#vfs.refuse('mkdir', this.#path(name)),
    mknod: (name = '') => this.#vfs.refuse('mknod', this.#path(name)),
    symlink: (_target, name = '') => this.#vfs.refuse('symlink', this.#path(name)),
    // proc checks root against the owner's bits (test_perm() of fs/proc/proc_sysctl.c).
    access: (name = '', wanted) => this.#permission(name, 6, Number(wanted)),
    asuid: (_uid, direction, name = '') => this.#permission(name, 0, direction === 'r' ? 4 : 2),
    snap: () => {
      this.#snapshot = this.#values(this.#vfs.readdir(this.#root));
      return this.#snapshot.size;
    },
    try: (name = '', hex = '') => {
      if (this.#snapshot.size === 0) this.run('snap');
      const answer = this.run(`set ${name} ${hex}`);
      const changed = this.run('changed').split(' ').sort().join(' ');
      return `${answer} ${changed}`.trim();
    },
    changed: () => {
      const now = this.#values([...this.#snapshot.keys()]);
      const changed = [...now].filter(([name, value]) => this.#differs(name, value));
      if (changed.length > 0) this.#restore();
      return changed.map(([name, value]) => `${name}=${printed(value)}`).join(' ');
    },
  };

  /** A call at a position, which Linux refuses for a file without positions. */
  #positioned(work: (file: Descriptor) => Answer): Answer {
    return this.#with((file) => {
      const found = this.#vfs.getattr(file.path);
      return typeof found !== 'number' && found.seeking === 'none' ? -ERRNO.ESPIPE : work(file);
    });
  }

  #path(name: string): string {
    return `${this.#root}/${name}`;
  }

  #openPath(name: string, flags: number): Descriptor | number {
    const path = this.#path(name);
    const found = this.#vfs.getattr(path);
    if (typeof found === 'number') return flags & FLAGS.CREAT ? this.#vfs.refuse('create', path) : found;
    if (flags & FLAGS.CREAT && flags & FLAGS.EXCL) return -ERRNO.EEXIST;
    if (flags & FLAGS.DIRECTORY && !(found.mode & S_IFDIR)) return -ERRNO.ENOTDIR;
    const handle = this.#vfs.open(path, flags, this.#caller);
    if (handle < 0) return handle;
    const truncated = flags & FLAGS.TRUNC ? this.#vfs.truncate(path, 0) : 0;
    if (truncated >= 0) return { handle, path, flags, position: 0 };
    this.#vfs.release(handle);
    return truncated;
  }

  #close(): number {
    if (this.#open === undefined) return -ERRNO.EBADF;
    this.#vfs.release(this.#open.handle);
    this.#open = undefined;
    return 0;
  }

  #with<A extends Answer>(work: (file: Descriptor) => A): A | number {
    return this.#open === undefined ? -ERRNO.EBADF : work(this.#open);
  }

  #advancing(work: (file: Descriptor) => Answer): Answer {
    return this.#with((file) => {
      const answer = work(file);
      const count = answer instanceof Uint8Array ? answer.length : Number(answer);
      if (count > 0) file.position += count;
      return answer;
    });
  }

  #once(name: string, flags: number, work: (file: Descriptor) => Answer): Answer {
    const file = this.#openPath(name, flags);
    if (typeof file === 'number') return file;
    const answer = work(file);
    this.#vfs.release(file.handle);
    return answer;
  }

  #read({ handle, flags }: Descriptor, length: number, position: number): Answer {
    return (flags & O.accmode) === O.wronly ? -ERRNO.EBADF : this.#vfs.read(handle, position, length, this.#caller);
  }

  #write({ handle, flags }: Descriptor, data: Uint8Array, position: number): number {
    return (flags & O.accmode) === O.rdonly ? -ERRNO.EBADF : this.#vfs.write(handle, position, data, this.#caller);
  }

  #refused(change: Parameters<Vfs['refuse']>[0], name = ''): number {
    const found = this.#vfs.getattr(this.#path(name));
    return typeof found === 'number' ? found : this.#vfs.refuse(change, this.#path(name));
  }

  #permission(name: string, shift: number, wanted: number): number {
    const found = this.#vfs.getattr(this.#path(name));
    if (typeof found === 'number') return found;
    return (wanted & ~(found.mode >> shift)) === 0 ? 0 : -ERRNO.EACCES;
  }

  #values(names: readonly string[] | number): Map<string, Uint8Array> {
    if (typeof names === 'number') throw new Error(`${this.#root} cannot be listed: ${errnoName(names)}`);
    const values = new Map<string, Uint8Array>();
    for (const name of names) {
      if (name.startsWith('.') || name === 'stat_refresh') continue;
      const value = this.#once(name, O.rdonly, (file) => this.#read(file, SNAP_BYTES, 0));
      if (value instanceof Uint8Array) values.set(name, value);
    }
    return values;
  }

  /** Up to three times, because a value can be set to zero by the one written after it. */
  #restore(): void {
    for (let pass = 0; pass < 3; pass += 1) {
      const differ = [...this.#values([...this.#snapshot.keys()])].filter(([name, value]) => this.#differs(name, value));
      if (differ.length === 0) return;
      for (const [name] of differ) this.#once(name, O.wronly, (file) => this.#write(file, this.#snapshot.get(name) ?? new Uint8Array(0), 0));
    }
  }

  #differs(name: string, value: Uint8Array): boolean {
    const old = this.#snapshot.get(name);
    return old !== undefined && Buffer.compare(old, value) !== 0;
  }
}
