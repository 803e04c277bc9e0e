import { ERRNO } from '../abi/errno.ts';
import type { TreeChange } from '../abi/file-calls.ts';

/** What each kind of filesystem refuses root, as recorded from Linux 7.3. None of them has extended attributes. */
export interface FilesystemKind {
  /** Permission bits of its directories, unless a directory has its own. */
  readonly directoryMode: number;
  /** Whether each subdirectory links to its directory, which then has 2 links and one for each; else every directory has 1. */
  readonly linksDirectories: boolean;
  /**
   * The errno of an operation that the mode of a file does not allow, and the call that returns it: open(2), or the read(2) or write(2).
   */
  readonly unserved: { readonly by: 'open' | 'call'; readonly errno: number };
  /** Root may set the size of any file, also of one without a write bit. */
  readonly truncatesAny: boolean;
  /** splice(2) and sendfile(2) from its files are EINVAL: they have no `splice_read`. */
  readonly splices?: false;
  /** 0 or the negative errno of fsync(2). */
  readonly fsync: number;
  /** The errno of each change of the tree. */
  readonly refusals: Readonly<Record<TreeChange, number>>;
}

const { EACCES, EINVAL, EIO, ENOENT, EOPNOTSUPP, EPERM } = ERRNO;

const IN_PROC = {
  chmod: EPERM, chown: EPERM, create: ENOENT, link: ENOENT, mkdir: ENOENT, mknod: ENOENT, removexattr: EOPNOTSUPP, rename: ENOENT,
  rmdir: EPERM, setxattr: EOPNOTSUPP, symlink: ENOENT, unlink: EPERM,
} as const;
const IN_SYSFS = {
  chmod: EPERM, chown: EPERM, create: EACCES, link: EPERM, mkdir: EPERM, mknod: EACCES, removexattr: EOPNOTSUPP, rename: EPERM,
  rmdir: EPERM, setxattr: EOPNOTSUPP, symlink: EPERM, unlink: EPERM,
} as const;

export const FILESYSTEMS = {
  /** /proc/sys: fs/proc/proc_sysctl.c. */
  sysctl: {
    directoryMode: 0o555, linksDirectories: false, unserved: { by: 'open', errno: EACCES }, truncatesAny: false, fsync: -EINVAL,
    refusals: { ...IN_PROC, rmdir: EACCES, unlink: EACCES },
  },
  /** The rest of /proc: fs/proc/generic.c, where root may open anything. */
  proc: {
    directoryMode: 0o555, linksDirectories: false, unserved: { by: 'call', errno: EIO }, truncatesAny: true, fsync: -EINVAL, refusals: IN_PROC,
  },
  /** /sys: fs/kernfs. */
  sysfs: {
    directoryMode: 0o755, linksDirectories: true, unserved: { by: 'open', errno: EACCES }, truncatesAny: true, fsync: 0, refusals: IN_SYSFS,
  },
  /** /sys/kernel/debug: simple attributes of fs/libfs.c. */
  debugfs: {
    directoryMode: 0o755, linksDirectories: true, unserved: { by: 'call', errno: EACCES }, truncatesAny: true, splices: false, fsync: -EINVAL,
    refusals: IN_SYSFS,
  },
  /** /sys/kernel/tracing: fs/tracefs. A directory has links for its subdirectories, and files have no operation but their own. */
  tracefs: {
    directoryMode: 0o750, linksDirectories: true, unserved: { by: 'call', errno: EINVAL }, truncatesAny: true, splices: false, fsync: -EINVAL,
    refusals: IN_SYSFS,
  },
} as const satisfies Record<string, FilesystemKind>;

export type FilesystemName = keyof typeof FILESYSTEMS;
