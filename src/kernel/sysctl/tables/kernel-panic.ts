import { LOG_LEVEL } from '../../../abi/log-level.ts';
import { ZERO_OR_ONE } from '../bounds.ts';
import { SYS_ADMIN } from '../capability-checks.ts';
import { type CtlTable, sysctl } from '../ctl-table.ts';
import { SYS_INFO_MAXLEN, sysctlSysInfoHandler } from '../kernel/sys-info.ts';
import { procNmiWatchdog, procWatchdog, procWatchdogCpumask } from '../kernel/watchdog.ts';
import { devkmsgSysctlSetLoglvl } from '../printk-devkmsg.ts';
import { procDointvec, procDointvecJiffies, procDointvecMinmax, procDouintvec, procDoulongvecMinmax } from '../proc-dointvec.ts';
import { HZ } from '../scales.ts';
import { settleTaint } from '../taint.ts';
import { ERRNO } from '../../../abi/errno.ts';

const PANIC_PRINT = 'kernel.panic_print';
const SYS_INFO = { since: '7.2', boot: [0n], maxlen: SYS_INFO_MAXLEN } as const;

/** kern_panic_table[] of kernel/panic.c, and oops_limit of kernel/exit.c. */
const PANIC: readonly CtlTable[] = [
  sysctl('kernel/oops_all_cpu_backtrace', procDointvecMinmax, { boot: [0n], ...ZERO_OR_ONE }),
  sysctl('kernel/tainted', procDoulongvecMinmax, { boot: [0n], settle: settleTaint, capability: SYS_ADMIN }),
  sysctl('kernel/panic', procDointvec, { boot: [0n] }),
  sysctl('kernel/panic_on_oops', procDointvec, { boot: [0n] }),
  sysctl('kernel/panic_print', procDoulongvecMinmax, {
    boot: [0n],
    messages: [{
      level: LOG_LEVEL.info, when: 'attempted', endsWith: () => true,
      text: () => "Kernel: The 'panic_print' parameter is now deprecated. Please use 'panic_sys_info' and 'panic_console_replay' instead.",
    }],
    before: { '7.2': { messages: undefined } },
  }),
  sysctl('kernel/panic_on_warn', procDointvecMinmax, { boot: [0n], ...ZERO_OR_ONE }),
  sysctl('kernel/warn_limit', procDouintvec, { boot: [0n] }),
  // The names of what panic_print has as a number.
  sysctl('kernel/panic_sys_info', sysctlSysInfoHandler(PANIC_PRINT), { since: '7.2', maxlen: SYS_INFO_MAXLEN }),
  sysctl('kernel/oops_limit', procDouintvec, { boot: [10000n] }),
  sysctl('kernel/kernel_sys_info', sysctlSysInfoHandler(), SYS_INFO),
];

/** kernel/rcu/tree_stall.h, arch/x86/kernel/setup.c and arch/x86/kernel/nmi.c. */
const STALLS_AND_NMIS: readonly CtlTable[] = [
  sysctl('kernel/panic_on_rcu_stall', procDointvecMinmax, { boot: [0n], ...ZERO_OR_ONE }),
  sysctl('kernel/max_rcu_stall_to_panic', procDointvecMinmax, { boot: [0n], extra1: 1n }),
  sysctl('kernel/panic_on_unrecovered_nmi', procDointvec, { boot: [0n] }),
  sysctl('kernel/panic_on_io_nmi', procDointvec, { boot: [0n] }),
  sysctl('kernel/unknown_nmi_panic', procDointvec, { boot: [0n] }),
];

/** printk_sysctls[] of kernel/printk/sysctl.c. */
const PRINTK: readonly CtlTable[] = [
  sysctl('kernel/printk', procDointvec, { boot: [7n, 4n, 1n, 7n] }),
  sysctl('kernel/printk_ratelimit', procDointvecJiffies, { boot: [5n] }),
  sysctl('kernel/printk_ratelimit_burst', procDointvec, { boot: [10n] }),
  sysctl('kernel/printk_delay', procDointvecMinmax, { boot: [0n], extra1: 0n, extra2: 10000n }),
  // The longest word, ratelimit, and a NUL.
  sysctl('kernel/printk_devkmsg', devkmsgSysctlSetLoglvl, { boot: 'ratelimit', maxlen: 10 }),
  sysctl('kernel/dmesg_restrict', procDointvecMinmax, { boot: [1n], ...ZERO_OR_ONE, capability: SYS_ADMIN }),
  sysctl('kernel/kptr_restrict', procDointvecMinmax, { boot: [0n], extra1: 0n, extra2: 2n, capability: SYS_ADMIN }),
];

/** NR_CPUS of the recorded kernel: bits of a mask of CPUs. */
const NR_CPUS = 8192;

/** watchdog_sysctls[] of kernel/watchdog.c. */
const WATCHDOG: readonly CtlTable[] = [
  sysctl('kernel/watchdog', procWatchdog, { boot: [1n], ...ZERO_OR_ONE }),
  sysctl('kernel/watchdog_thresh', procDointvecMinmax, { boot: [10n], extra1: 0n, extra2: 60n }),
  sysctl('kernel/watchdog_cpumask', procWatchdogCpumask, { boot: '0-1', maxlen: NR_CPUS }),
  sysctl('kernel/soft_watchdog', procWatchdog, { boot: [1n], ...ZERO_OR_ONE }),
  sysctl('kernel/softlockup_panic', procDointvecMinmax, { boot: [0n], extra1: 0n, before: { '7.2': ZERO_OR_ONE } }),
  sysctl('kernel/softlockup_sys_info', sysctlSysInfoHandler(), SYS_INFO),
  sysctl('kernel/softlockup_all_cpu_backtrace', procDointvecMinmax, { boot: [0n], ...ZERO_OR_ONE }),
  sysctl('kernel/hardlockup_panic', procDointvecMinmax, { boot: [0n], ...ZERO_OR_ONE }),
  sysctl('kernel/hardlockup_sys_info', sysctlSysInfoHandler(), SYS_INFO),
  sysctl('kernel/hardlockup_all_cpu_backtrace', procDointvecMinmax, { boot: [0n], ...ZERO_OR_ONE }),
  sysctl('kernel/nmi_watchdog', procNmiWatchdog, { boot: [0n], ...ZERO_OR_ONE, before: { '7.2': { mode: 0o444 }, '6.12': { mode: 0o644 } } }),
];

/** LONG_MAX jiffies in seconds. */
const LONGEST_TIMEOUT = { extra2: (2n ** 63n - 1n) / HZ } as const;

/** hung_task_sysctls[] of kernel/hung_task.c. */
const HUNG_TASK: readonly CtlTable[] = [
  sysctl('kernel/hung_task_all_cpu_backtrace', procDointvecMinmax, { boot: [0n], ...ZERO_OR_ONE }),
  sysctl('kernel/hung_task_panic', procDointvecMinmax, { boot: [0n], extra1: 0n, before: { '7.2': ZERO_OR_ONE } }),
  sysctl('kernel/hung_task_check_count', procDointvecMinmax, { boot: [4_194_304n], extra1: 0n }),
  sysctl('kernel/hung_task_timeout_secs', procDoulongvecMinmax, { boot: [120n], ...LONGEST_TIMEOUT }),
  sysctl('kernel/hung_task_check_interval_secs', procDoulongvecMinmax, { boot: [0n], ...LONGEST_TIMEOUT }),
  sysctl('kernel/hung_task_warnings', procDointvecMinmax, { boot: [10n], extra1: -1n }),
  // Only 0 is taken, which begins the count again.
  sysctl('kernel/hung_task_detect_count', procDoulongvecMinmax, {
    since: '7.2',
    boot: [0n], check: { refuses: (value) => (value === 0n ? 0 : -ERRNO.EINVAL), takes: 'only 0' },
  }),
  sysctl('kernel/hung_task_sys_info', sysctlSysInfoHandler(), SYS_INFO),
];

/** What the panic path, the watchdogs and the log read of /proc/sys/kernel of Linux 7.3, x86-64. */
export const KERNEL_PANIC_SYSCTLS: readonly CtlTable[] = [...PANIC, ...STALLS_AND_NMIS, ...PRINTK, ...WATCHDOG, ...HUNG_TASK];
