/** What can be asked of a filesystem besides reading and writing its files, by the name of the call. */
export type TreeChange =
  | 'chmod' | 'chown' | 'create' | 'link' | 'mkdir' | 'mknod' | 'removexattr' | 'rename' | 'rmdir' | 'setxattr' | 'symlink' | 'unlink';
