// What both transports report to Linux about every file.

/** What `stat -f` prints for proc: simple_statfs() of fs/libfs.c, a filesystem without blocks and names of up to 255 bytes. */
export const STATFS = { bsize: 4096, frsize: 4096, namemax: 255 } as const;

/**
 * The block size of every file. Programs choose the size of their output buffer by it: Python uses all of it, C programs up to 8192 (BUFSIZ of
 * glibc). The default of Linux for FUSE, 4096, would cut their output into smaller pieces, and one piece is one batch for the control file.
 * It is the longest write request of fuse-native.
 */
export const BLOCK_SIZE = 131_072;

/** How long Linux may cache names and attributes, in seconds. The tree and its sizes are constant. */
export const CACHE_SECONDS = 3600;

/** The path of a name in a directory. The name may be `.` or `..`; the root is its own parent. */
export function childPath(directory: string, name: string): string {
  if (name === '.') return directory;
  if (name === '..') return directory.slice(0, Math.max(directory.lastIndexOf('/'), 1)) || '/';
  return directory === '/' ? `/${name}` : `${directory}/${name}`;
}
