import { LOG_LEVEL } from '../../../abi/log-level.ts';
import { type CtlTable, sysctl } from '../ctl-table.ts';
import { devkmsgSysctlSetLoglvl } from '../printk-devkmsg.ts';
import {
  procDointvec, procDointvecJiffies, procDointvecMinmax, procDouintvec, procDoulongvecMinmax,
} from '../proc-dointvec.ts';
import { procDostring } from '../proc-dostring.ts';
import { settleTaint } from '../taint.ts';

const ZERO_OR_ONE = { extra1: 0n, extra2: 1n } as const;

/**
 * What the panic path and its users read of /proc/sys/kernel, as Linux 7.3 has it, x86-64, in the order readdir(3) gives them. Sources:
 * kernel/panic.c, kernel/printk/sysctl.c, kernel/sysctl.c, kernel/utsname_sysctl.c, kernel/watchdog.c, kernel/hung_task.c, kernel/rcu/tree_stall.h,
 * kernel/exit.c, kernel/kexec_core.c, arch/x86/kernel/nmi.c. `osrelease` and `version` are those of the 7.3 profile: a machine sets its own.
 */
export const KERNEL_SYSCTLS: readonly CtlTable[] = [
  sysctl('kernel/dmesg_restrict', procDointvecMinmax, { boot: [1n], ...ZERO_OR_ONE }),
  sysctl('kernel/domainname', procDostring, { boot: '(none)' }),
  sysctl('kernel/hardlockup_panic', procDointvecMinmax, { boot: [0n], ...ZERO_OR_ONE }),
  sysctl('kernel/hostname', procDostring, { boot: '(none)' }),
  sysctl('kernel/hung_task_panic', procDointvecMinmax, { boot: [0n], extra1: 0n }),
  // Once disabled, kexec stays so until the next boot.
  sysctl('kernel/kexec_load_disabled', procDointvecMinmax, { boot: [0n], extra1: 1n, extra2: 1n }),
  sysctl('kernel/kptr_restrict', procDointvecMinmax, { boot: [0n], extra1: 0n, extra2: 2n }),
  sysctl('kernel/max_rcu_stall_to_panic', procDointvecMinmax, { boot: [0n], extra1: 1n }),
  sysctl('kernel/oops_limit', procDouintvec, { boot: [10000n] }),
  sysctl('kernel/osrelease', procDostring, { mode: 0o444, boot: '7.3-amd64' }),
  sysctl('kernel/ostype', procDostring, { mode: 0o444, boot: 'Linux' }),
  sysctl('kernel/panic', procDointvec, { boot: [0n] }),
  sysctl('kernel/panic_on_io_nmi', procDointvec, { boot: [0n] }),
  sysctl('kernel/panic_on_oops', procDointvec, { boot: [0n] }),
  sysctl('kernel/panic_on_rcu_stall', procDointvecMinmax, { boot: [0n], ...ZERO_OR_ONE }),
  sysctl('kernel/panic_on_unrecovered_nmi', procDointvec, { boot: [0n] }),
  sysctl('kernel/panic_on_warn', procDointvecMinmax, { boot: [0n], ...ZERO_OR_ONE }),
  sysctl('kernel/panic_print', procDoulongvecMinmax, {
    boot: [0n],
    messages: [{
      level: LOG_LEVEL.info, when: 'attempted', endsWith: () => true,
      text: () => "Kernel: The 'panic_print' parameter is now deprecated. Please use 'panic_sys_info' and 'panic_console_replay' instead.",
    }],
  }),
  sysctl('kernel/printk', procDointvec, { boot: [7n, 4n, 1n, 7n] }),
  sysctl('kernel/printk_delay', procDointvecMinmax, { boot: [0n], extra1: 0n, extra2: 10000n }),
  // The longest word, ratelimit, and a NUL.
  sysctl('kernel/printk_devkmsg', devkmsgSysctlSetLoglvl, { boot: 'ratelimit', maxlen: 10 }),
  sysctl('kernel/printk_ratelimit', procDointvecJiffies, { boot: [5n] }),
  sysctl('kernel/printk_ratelimit_burst', procDointvec, { boot: [10n] }),
  sysctl('kernel/softlockup_panic', procDointvecMinmax, { boot: [0n], extra1: 0n }),
  sysctl('kernel/sysctl_writes_strict', procDointvecMinmax, { boot: [1n], extra1: -1n, extra2: 1n }),
  sysctl('kernel/sysrq', procDointvecMinmax, { boot: [438n] }),
  sysctl('kernel/tainted', procDoulongvecMinmax, { boot: [0n], settle: settleTaint }),
  sysctl('kernel/unknown_nmi_panic', procDointvec, { boot: [0n] }),
  sysctl('kernel/version', procDostring, { mode: 0o444, boot: '#1 SMP PREEMPT_DYNAMIC Debian 7.3~rc7-1~exp1 (2026-10-16)' }),
  sysctl('kernel/warn_limit', procDouintvec, { boot: [0n] }),
];
