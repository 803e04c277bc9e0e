/** Calls that change a tree of files, besides reading and writing. */
export type TreeChange =
  | 'chmod' | 'chown' | 'create' | 'link' | 'mkdir' | 'mknod' | 'removexattr' | 'rename' | 'rmdir' | 'setxattr' | 'symlink' | 'unlink';
