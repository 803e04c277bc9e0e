import { LOG_LEVEL } from '../../../abi/log-level.ts';
import type { CtlTable, ProcHandler } from '../ctl-table.ts';
import { devkmsgSysctlSetLoglvl } from '../printk-devkmsg.ts';
import {
  procDointvec, procDointvecJiffies, procDointvecMinmax, procDouintvec, procDoulongvecMinmax,
} from '../proc-dointvec.ts';
import { procDostring } from '../proc-dostring.ts';
import { settleTaint } from '../taint.ts';

type Row = Omit<CtlTable, 'procname' | 'name' | 'mode' | 'handler'> & { readonly mode?: number };

/** A file of /proc/sys/kernel; mode 0644 where the row says nothing. */
function kernel(procname: string, handler: ProcHandler, { mode = 0o644, ...row }: Row): CtlTable {
  return { procname, name: `kernel.${procname}`, mode, handler, ...row };
}

const ZERO_OR_ONE = { extra1: 0n, extra2: 1n } as const;

/**
 * What the panic path and its users read of /proc/sys/kernel, as Linux 7.3 has it, x86-64, in the order readdir(3) gives them. Sources:
 * kernel/panic.c, kernel/printk/sysctl.c, kernel/sysctl.c, kernel/utsname_sysctl.c, kernel/watchdog.c, kernel/hung_task.c, kernel/rcu/tree_stall.h,
 * kernel/exit.c, kernel/kexec_core.c, arch/x86/kernel/nmi.c. `osrelease` and `version` are those of the 7.3 profile: a machine sets its own.
 */
export const PROC_SYS_KERNEL: readonly CtlTable[] = [
  kernel('dmesg_restrict', procDointvecMinmax, { boot: [1n], ...ZERO_OR_ONE }),
  kernel('domainname', procDostring, { boot: '(none)' }),
  kernel('hardlockup_panic', procDointvecMinmax, { boot: [0n], ...ZERO_OR_ONE }),
  kernel('hostname', procDostring, { boot: '(none)' }),
  kernel('hung_task_panic', procDointvecMinmax, { boot: [0n], extra1: 0n }),
  // Once disabled, kexec stays so until the next boot.
  kernel('kexec_load_disabled', procDointvecMinmax, { boot: [0n], extra1: 1n, extra2: 1n }),
  kernel('kptr_restrict', procDointvecMinmax, { boot: [0n], extra1: 0n, extra2: 2n }),
  kernel('max_rcu_stall_to_panic', procDointvecMinmax, { boot: [0n], extra1: 1n }),
  kernel('oops_limit', procDouintvec, { boot: [10000n] }),
  kernel('osrelease', procDostring, { mode: 0o444, boot: '7.3-amd64' }),
  kernel('ostype', procDostring, { mode: 0o444, boot: 'Linux' }),
  kernel('panic', procDointvec, { boot: [0n] }),
  kernel('panic_on_io_nmi', procDointvec, { boot: [0n] }),
  kernel('panic_on_oops', procDointvec, { boot: [0n] }),
  kernel('panic_on_rcu_stall', procDointvecMinmax, { boot: [0n], ...ZERO_OR_ONE }),
  kernel('panic_on_unrecovered_nmi', procDointvec, { boot: [0n] }),
  kernel('panic_on_warn', procDointvecMinmax, { boot: [0n], ...ZERO_OR_ONE }),
  kernel('panic_print', procDoulongvecMinmax, {
    boot: [0n],
    messages: [{
      level: LOG_LEVEL.info, when: 'attempted', endsWith: () => true,
      text: () => "Kernel: The 'panic_print' parameter is now deprecated. Please use 'panic_sys_info' and 'panic_console_replay' instead.",
    }],
  }),
  kernel('printk', procDointvec, { boot: [7n, 4n, 1n, 7n] }),
  kernel('printk_delay', procDointvecMinmax, { boot: [0n], extra1: 0n, extra2: 10000n }),
  // The longest word, ratelimit, and a NUL.
  kernel('printk_devkmsg', devkmsgSysctlSetLoglvl, { boot: 'ratelimit', maxlen: 10 }),
  kernel('printk_ratelimit', procDointvecJiffies, { boot: [5n] }),
  kernel('printk_ratelimit_burst', procDointvec, { boot: [10n] }),
  kernel('softlockup_panic', procDointvecMinmax, { boot: [0n], extra1: 0n }),
  kernel('sysctl_writes_strict', procDointvecMinmax, { boot: [1n], extra1: -1n, extra2: 1n }),
  kernel('sysrq', procDointvecMinmax, { boot: [438n] }),
  kernel('tainted', procDoulongvecMinmax, { boot: [0n], settle: settleTaint }),
  kernel('unknown_nmi_panic', procDointvec, { boot: [0n] }),
  kernel('version', procDostring, { mode: 0o444, boot: '#1 SMP PREEMPT_DYNAMIC Debian 7.3~rc7-1~exp1 (2026-10-16)' }),
  kernel('warn_limit', procDouintvec, { boot: [0n] }),
];
