/** The task that makes a system call, as the kernel sees `current`. */
export interface Caller {
  readonly pid: number;
  readonly uid: number;
  /** The group it acts as, where that is known. */
  readonly gid?: number | undefined;
  readonly comm: string;
  /** Its effective capabilities, a bit for each number; all for root and none for others where it is not known. */
  readonly capabilities?: bigint | undefined;
}

/**
 * The caller if the transport does not know it (fuse-native passes no pid, uid or comm): a root shell, from which nearly every write to
 * these files comes.
 */
export const UNKNOWN_CALLER: Caller = { pid: 117, uid: 0, comm: 'bash' };
