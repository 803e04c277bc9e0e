// Apart from launcher.ts and recorder.ts, which run in different processes: both must know the same set.
import type { Capability } from '../../abi/caller.ts';

/**
 * The capabilities that root keeps without a user namespace. With these the host can be changed only through files, sockets and processes
 * of CMD.
 */
export const KEPT_CAPABILITIES: readonly Capability[] = [
  'CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'SETGID', 'SETUID', 'SETPCAP', 'NET_BIND_SERVICE', 'NET_RAW', 'SYS_CHROOT', 'AUDIT_WRITE', 'SETFCAP',
];
