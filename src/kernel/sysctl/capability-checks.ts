// Apart from the handlers: rows of several tables share these checks.
import type { CapabilityCheck } from './ctl-table.ts';

/** The capabilities that handlers of several files demand of a caller. */
export const SYS_ADMIN: CapabilityCheck = { of: ['SYS_ADMIN'] };
export const NET_ADMIN: CapabilityCheck = { of: ['NET_ADMIN'] };
export const SYS_RAWIO: CapabilityCheck = { of: ['SYS_RAWIO'] };
export const SYS_PTRACE: CapabilityCheck = { of: ['SYS_PTRACE'] };
/** proc_dointvec_minmax_bpf_restricted() (net/core/sysctl_net_core.c): to read too. */
export const SYS_ADMIN_TO_READ: CapabilityCheck = { of: ['SYS_ADMIN'], reads: true };
/** proc_cap_handler() (kernel/umh.c): both. */
export const SETPCAP_AND_SYS_MODULE: CapabilityCheck = { of: ['SETPCAP', 'SYS_MODULE'] };
/** checkpoint_restore_ns_capable(): either. */
export const CHECKPOINT_RESTORE: CapabilityCheck = { of: ['CHECKPOINT_RESTORE', 'SYS_ADMIN'], enough: 'one' };
/** apparmor_dointvec() (security/apparmor/lsm.c): to read too. */
export const MAC_ADMIN: CapabilityCheck = { of: ['MAC_ADMIN'], reads: true };
