/** What every transport tells Linux of the files alike. */

/** What `stat -f` tells of proc: simple_statfs() of fs/libfs.c, a filesystem without blocks and names of up to 255 bytes. */
export const STATFS = { bsize: 4096, frsize: 4096, namemax: 255 } as const;

/**
 * The block size every file is said to have, which programs make their output buffer of: Python takes all of it, C programs up to 8192
 * (glibc's BUFSIZ), where Linux's own default for FUSE of 4096 would cut what they print in smaller pieces. What is printed in one
 * piece is one batch for the control file. It is as long as the longest write request of fuse-native.
 */
export const BLOCK_SIZE = 131_072;

/** Seconds for which Linux may remember what a name stands for and its attributes; the tree and the sizes in it are constant. */
export const CACHE_SECONDS = 3600;

/** The path of what a name in a directory stands for, `.` and `..` among them; the root is its own parent. */
export function childPath(directory: string, name: string): string {
  if (name === '.') return directory;
  if (name === '..') return directory.slice(0, Math.max(directory.lastIndexOf('/'), 1)) || '/';
  return directory === '/' ? `/${name}` : `${directory}/${name}`;
}
