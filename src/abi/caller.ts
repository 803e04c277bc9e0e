/** The task that makes a system call, as the kernel sees `current`. */
export interface Caller {
  readonly pid: number;
  readonly uid: number;
  readonly comm: string;
}

/**
 * The caller if the transport does not know it (fuse-native passes no pid, uid or comm): a root shell, from which nearly every write to
 * these files comes.
 */
export const UNKNOWN_CALLER: Caller = { pid: 117, uid: 0, comm: 'bash' };
