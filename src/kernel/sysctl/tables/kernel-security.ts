import { ERRNO } from '../../../abi/errno.ts';
import { MAC_ADMIN, SETPCAP_AND_SYS_MODULE, SYS_ADMIN, SYS_PTRACE } from '../capability-checks.ts';
import { type CtlTable, sysctl, type WriteCheck } from '../ctl-table.ts';
import { ACTIONS_AVAILABLE, ACTIONS_LOGGED, ACTIONS_MAXLEN, seccompActionsLoggedHandler } from '../kernel/seccomp.ts';
import { CAP_FULL_SET, procCapHandler } from '../kernel/usermodehelper.ts';
import { procDointvec, procDointvecMinmax } from '../proc-dointvec.ts';
import { procDostring } from '../proc-dostring.ts';

const AT_LEAST_ONE = { extra1: 1n } as const;
const NOT_NEGATIVE = { extra1: 0n } as const;
/** From 0 to 1 and no way back, until the next boot. */
const ONLY_ONE = { extra1: 1n, extra2: 1n } as const;

/** key_sysctls[] of security/keys/sysctl.c. */
const KEYS: readonly CtlTable[] = [
  sysctl('kernel/keys/maxkeys', procDointvecMinmax, { boot: [200n], ...AT_LEAST_ONE }),
  sysctl('kernel/keys/maxbytes', procDointvecMinmax, { boot: [20_000n], ...AT_LEAST_ONE }),
  sysctl('kernel/keys/root_maxkeys', procDointvecMinmax, { boot: [1_000_000n], ...AT_LEAST_ONE }),
  sysctl('kernel/keys/root_maxbytes', procDointvecMinmax, { boot: [25_000_000n], ...AT_LEAST_ONE }),
  sysctl('kernel/keys/gc_delay', procDointvecMinmax, { boot: [300n], ...NOT_NEGATIVE }),
  sysctl('kernel/keys/persistent_keyring_expiry', procDointvecMinmax, { boot: [259_200n], ...NOT_NEGATIVE }),
];

/** A limit that can be set once, and then only lowered; -1 is none. Mirrors kexec_limit_handler() (kernel/kexec_core.c). */
const KEXEC_LIMIT: WriteCheck = {
  refuses: (limit, old) => (limit < 0n || (old !== -1n && limit >= old) ? -ERRNO.EINVAL : 0),
  takes: 'a whole number from 0 to 2147483647, less than the one before',
};

/** kernel/kexec_core.c and kernel/module/main.c: what the kernel can be replaced or extended by. */
const KEXEC_AND_MODULES: readonly CtlTable[] = [
  sysctl('kernel/kexec_load_disabled', procDointvecMinmax, { boot: [0n], ...ONLY_ONE }),
  sysctl('kernel/kexec_load_limit_panic', procDointvec, { since: '6.12', boot: [-1n], check: KEXEC_LIMIT }),
  sysctl('kernel/kexec_load_limit_reboot', procDointvec, { since: '6.12', boot: [-1n], check: KEXEC_LIMIT }),
  sysctl('kernel/modprobe', procDostring, { boot: '/sbin/modprobe', maxlen: 256 }),
  sysctl('kernel/modules_disabled', procDointvecMinmax, { boot: [0n], ...ONLY_ONE }),
];

/** kernel/umh.c: capabilities of the programs that the kernel starts. */
const USERMODEHELPER: readonly CtlTable[] = [
  sysctl('kernel/usermodehelper/bset', procCapHandler, { mode: 0o600, boot: CAP_FULL_SET, capability: SETPCAP_AND_SYS_MODULE }),
  sysctl('kernel/usermodehelper/inheritable', procCapHandler, { mode: 0o600, boot: CAP_FULL_SET, capability: SETPCAP_AND_SYS_MODULE }),
];

const NO_ATTACH = 3n;

/** security/apparmor/lsm.c, security/yama/yama_lsm.c, kernel/seccomp.c, kernel/sysctl.c (unprivileged_userns_clone is Debian's), io_uring/io_uring.c. */
const RESTRICTIONS: readonly CtlTable[] = [
  sysctl('kernel/unprivileged_userns_apparmor_policy', procDointvec, { mode: 0o600, boot: [1n], capability: MAC_ADMIN }),
  sysctl('kernel/apparmor_display_secid_mode', procDointvec, { mode: 0o600, boot: [0n], capability: MAC_ADMIN }),
  sysctl('kernel/apparmor_restrict_unprivileged_unconfined', procDointvec, { since: '6.12', mode: 0o600, boot: [0n], capability: MAC_ADMIN }),
  // Once 3, it stays so until the next boot.
  sysctl('kernel/yama/ptrace_scope', procDointvecMinmax, {
    boot: [0n], extra1: 0n, extra2: NO_ATTACH, capability: SYS_PTRACE,
    check: {
      refuses: (value, old) => (old === NO_ATTACH && value !== NO_ATTACH ? -ERRNO.EINVAL : 0),
      takes: 'a whole number from 0 to 3; once it is 3, only 3',
    },
  }),
  sysctl('kernel/seccomp/actions_avail', procDostring, { mode: 0o444, boot: ACTIONS_AVAILABLE, maxlen: ACTIONS_MAXLEN }),
  sysctl('kernel/seccomp/actions_logged', seccompActionsLoggedHandler, { boot: ACTIONS_LOGGED, maxlen: ACTIONS_MAXLEN, capability: SYS_ADMIN }),
  sysctl('kernel/unprivileged_userns_clone', procDointvec, { boot: [1n] }),
  sysctl('kernel/io_uring_disabled', procDointvecMinmax, { since: '6.12', boot: [0n], extra1: 0n, extra2: 2n }),
  sysctl('kernel/io_uring_group', procDointvec, { since: '6.12', boot: [-1n] }),
];

/** What restricts programs, and what keys they may have, in /proc/sys/kernel of Linux 7.3, x86-64. */
export const KERNEL_SECURITY_SYSCTLS: readonly CtlTable[] = [...KEYS, ...KEXEC_AND_MODULES, ...USERMODEHELPER, ...RESTRICTIONS];
