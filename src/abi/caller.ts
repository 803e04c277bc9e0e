/** The task that makes a system call, as the kernel sees `current`. */
export interface Caller {
  readonly pid: number;
  readonly uid: number;
  /** The group it acts as, where that is known. */
  readonly gid?: number | undefined;
  readonly comm: string;
  /** Its effective capabilities, a bit for each number. If they are not known: all for root, none for others. */
  readonly capabilities?: bigint | undefined;
}

/**
 * The caller if the transport does not know it (fuse-native passes no pid, uid or comm): a root shell, from which nearly every write to
 * these files comes.
 */
export const UNKNOWN_CALLER: Caller = { pid: 117, uid: 0, comm: 'bash' };

/** Capabilities by number, without the CAP_ before their names. Source: include/uapi/linux/capability.h. */
const CAPABILITIES = [
  'CHOWN', 'DAC_OVERRIDE', 'DAC_READ_SEARCH', 'FOWNER', 'FSETID', 'KILL', 'SETGID', 'SETUID', 'SETPCAP', 'LINUX_IMMUTABLE', 'NET_BIND_SERVICE',
  'NET_BROADCAST', 'NET_ADMIN', 'NET_RAW', 'IPC_LOCK', 'IPC_OWNER', 'SYS_MODULE', 'SYS_RAWIO', 'SYS_CHROOT', 'SYS_PTRACE', 'SYS_PACCT',
  'SYS_ADMIN', 'SYS_BOOT', 'SYS_NICE', 'SYS_RESOURCE', 'SYS_TIME', 'SYS_TTY_CONFIG', 'MKNOD', 'LEASE', 'AUDIT_WRITE', 'AUDIT_CONTROL',
  'SETFCAP', 'MAC_OVERRIDE', 'MAC_ADMIN', 'SYSLOG', 'WAKE_ALARM', 'BLOCK_SUSPEND', 'AUDIT_READ', 'PERFMON', 'BPF', 'CHECKPOINT_RESTORE',
] as const;

export type Capability = (typeof CAPABILITIES)[number];

/** The greatest capability there is: CAP_LAST_CAP. */
export const LAST_CAPABILITY = CAPABILITIES.length - 1;

/** A set with every capability, a bit for each number. */
export const ALL_CAPABILITIES = (1n << BigInt(CAPABILITIES.length)) - 1n;

/** Whether a set of capabilities, a bit for each number, holds one. */
export function holds(set: bigint, capability: Capability): boolean {
  return ((set >> BigInt(CAPABILITIES.indexOf(capability))) & 1n) === 1n;
}

/** The set of these capabilities. */
export function capabilitySet(capabilities: readonly Capability[]): bigint {
  return capabilities.reduce((set, each) => set | (1n << BigInt(CAPABILITIES.indexOf(each))), 0n);
}
