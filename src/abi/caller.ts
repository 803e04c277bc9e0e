/** The task that makes a system call, as the kernel sees `current`. */
export interface Caller {
  readonly pid: number;
  readonly uid: number;
  readonly comm: string;
}

/**
 * Who a call is said to come from where the transport cannot tell (fuse-native hands no pid, uid or comm on):
 * a root shell, as which nearly every write to these files is made.
 */
export const UNKNOWN_CALLER: Caller = { pid: 117, uid: 0, comm: 'bash' };
