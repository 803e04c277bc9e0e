/** What an errno says about the file that a call was for: it goes after the file's name. */
const PHRASES: Readonly<Record<string, string>> = {
  EACCES: 'is not accessible to this user',
  EDQUOT: 'has no room: this user\'s quota is used up',
  EFBIG: 'would be larger than a file of this process may be',
  EISDIR: 'is a directory',
  ELOOP: 'leads in a circle of symbolic links',
  EMFILE: 'cannot be opened: this process has too many open files',
  ENAMETOOLONG: 'has too long a name',
  ENFILE: 'cannot be opened: this machine has too many open files',
  ENODEV: 'has no device behind it',
  ENOENT: 'does not exist',
  ENOSPC: 'has no room: its filesystem is full',
  ENOTCONN: 'is on a mount whose server has died',
  ECONNABORTED: 'is on a mount whose server has died',
  ENOTDIR: 'lies below something that is not a directory',
  ENXIO: 'is a FIFO that nobody reads, a socket, or a device that is not there',
  EPERM: 'is not accessible to this user',
  EROFS: 'lies on a read-only filesystem',
};

/**
 * Why a call for a file failed, by the name of its errno, as a predicate of the file: `PATH does not exist`. This is the one table of such
 * words. A place with advice of its own puts it after the phrase. Without a phrase an errno is `cannot be used (EIO)`.
 */
export function whyNot(errno: string): string {
  return PHRASES[errno] ?? `cannot be used (${errno})`;
}

/**
 * Failures of the surroundings, which stop every program: what is wrong and what would be right, by the system call or the errno that
 * failed.
 */
const SURROUNDINGS: Readonly<Record<string, string>> = {
  uv_cwd: 'the current directory has been removed: change to another first',
  EMFILE: 'too few files may be open: allow more, ulimit -n 256',
  ENFILE: 'too many files are open on this machine: close some, or raise fs.file-max',
};

/** Why no program could do its work here, in one line; undefined if the failure has another cause. */
export function whyNoWork({ syscall = '', code = '' }: { readonly syscall?: string | undefined; readonly code?: string | undefined }): string | undefined {
  return SURROUNDINGS[syscall] ?? SURROUNDINGS[code];
}

/** Why a tool did not start, in one line: `mount(8) is missing: install util-linux`. `packageName` is the package that has the tool. */
export function whyNotStarted(tool: string, packageName: string, { code, message }: { readonly code?: string; readonly message: string }): string {
  return code === 'ENOENT' ? `${tool} is missing: install ${packageName}` : `${tool} cannot be run: ${message}`;
}
