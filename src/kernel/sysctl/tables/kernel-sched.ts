import { ERRNO } from '../../../abi/errno.ts';
import { LOG_LEVEL } from '../../../abi/log-level.ts';
import { ZERO_OR_ONE } from '../bounds.ts';
import { SYS_ADMIN } from '../capability-checks.ts';
import { type CtlTable, sysctl } from '../ctl-table.ts';
import { ftraceEnableSysctl } from '../kernel/ftrace.ts';
import {
  CAPACITY, RR_TIMESLICE_MS, olderRtCheck, rtPeriodCheck, rtRuntimeCheck, schedEnergyAwareHandler, settleRrTimeslice, uclampCheck,
} from '../kernel/scheduler.ts';
import { integersOf } from '../after-write.ts';
import { procDointvec, procDointvecMinmax, procDouintvecMinmax } from '../proc-dointvec.ts';
import { procDostring } from '../proc-dostring.ts';

const DL_PERIOD_MAX = 'kernel.sched_deadline_period_max_us';
const DL_PERIOD_MIN = 'kernel.sched_deadline_period_min_us';

/** kernel/sched: autogroup.c, core.c, deadline.c, fair.c, rt.c, topology.c; kernel/time/timer.c and kernel/delayacct.c. */
const SCHED: readonly CtlTable[] = [
  sysctl('kernel/sched_autogroup_enabled', procDointvecMinmax, { boot: [1n], ...ZERO_OR_ONE, before: { '6.12': { boot: [0n] } } }),
  sysctl('kernel/sched_child_runs_first', procDointvec, { until: '6.12', boot: [0n] }),
  sysctl('kernel/sched_schedstats', procDointvecMinmax, { boot: [0n], ...ZERO_OR_ONE, capability: SYS_ADMIN }),
  sysctl('kernel/sched_util_clamp_min', procDointvec, { since: '7.2', boot: [CAPACITY], check: uclampCheck }),
  sysctl('kernel/sched_util_clamp_max', procDointvec, { since: '7.2', boot: [CAPACITY], check: uclampCheck }),
  sysctl('kernel/sched_util_clamp_min_rt_default', procDointvec, { since: '7.2', boot: [CAPACITY], check: uclampCheck }),
  sysctl('kernel/numa_balancing', procDointvecMinmax, { boot: [0n], extra1: 0n, extra2: 4n, capability: SYS_ADMIN }),
  sysctl('kernel/numa_balancing_promote_rate_limit_MBps', procDointvecMinmax, { boot: [65_536n], extra1: 0n }),
  sysctl('kernel/sched_deadline_period_max_us', procDouintvecMinmax, { boot: [4_194_304n], extra1: DL_PERIOD_MIN }),
  sysctl('kernel/sched_deadline_period_min_us', procDouintvecMinmax, { boot: [100n], extra2: DL_PERIOD_MAX }),
  sysctl('kernel/sched_cfs_bandwidth_slice_us', procDointvecMinmax, { boot: [5000n], extra1: 1n }),
  sysctl('kernel/sched_rt_period_us', procDointvecMinmax, {
    boot: [1_000_000n], extra1: 1n, check: rtPeriodCheck, before: { '7.2': { check: olderRtCheck } },
  }),
  sysctl('kernel/sched_rt_runtime_us', procDointvecMinmax, {
    boot: [1_000_000n], extra1: -1n, extra2: 'kernel.sched_rt_period_us', check: rtRuntimeCheck,
    before: { '7.2': { boot: [950_000n], check: olderRtCheck } },
  }),
  sysctl('kernel/sched_rr_timeslice_ms', procDointvec, { boot: [RR_TIMESLICE_MS], settle: settleRrTimeslice }),
  sysctl('kernel/sched_energy_aware', schedEnergyAwareHandler, {
    capability: SYS_ADMIN, before: { '6.12': { handler: procDointvecMinmax, boot: [1n], ...ZERO_OR_ONE } },
  }),
  sysctl('kernel/timer_migration', procDointvecMinmax, { boot: [1n], ...ZERO_OR_ONE }),
  sysctl('kernel/task_delayacct', procDointvecMinmax, { boot: [0n], ...ZERO_OR_ONE, capability: SYS_ADMIN }),
];

const CPU_TIME_MAX = 'kernel.perf_cpu_time_max_percent';
/** Shares of CPU time that turn throttling off. */
const NOT_THROTTLED = [0n, 100n];
const throttlingIsOff = (value: bigint): NonNullable<CtlTable['messages']>[number] => ({
  level: LOG_LEVEL.warn, when: 'accepted', value, text: () => 'perf: Dynamic interrupt throttling disabled, can hang your system!',
});

/** kernel/events: core.c, callchain.c. */
const PERF: readonly CtlTable[] = [
  sysctl('kernel/perf_event_paranoid', procDointvec, { boot: [3n] }),
  sysctl('kernel/perf_event_mlock_kb', procDointvec, { boot: [516n] }),
  // Cannot be set while nothing is throttled.
  sysctl('kernel/perf_event_max_sample_rate', procDointvecMinmax, {
    boot: [100_000n], extra1: 1n,
    check: {
      refuses: (_value, _old, host) => (NOT_THROTTLED.includes(integersOf(host, CPU_TIME_MAX)[0] ?? 0n) ? -ERRNO.EINVAL : 0),
      takes: `a whole number from 1 to 2147483647, while ${CPU_TIME_MAX} is neither 0 nor 100`,
    },
  }),
  sysctl('kernel/perf_cpu_time_max_percent', procDointvecMinmax, {
    boot: [25n], extra1: 0n, extra2: 100n, messages: NOT_THROTTLED.map(throttlingIsOff),
  }),
  sysctl('kernel/perf_event_max_stack', procDointvecMinmax, { boot: [127n], extra1: 0n, extra2: 640n * 1024n }),
  sysctl('kernel/perf_event_max_contexts_per_stack', procDointvecMinmax, { boot: [8n], extra1: 0n, extra2: 1000n }),
];

/** MAX_TRACER_SIZE. */
const TRACER_BYTES = 100;

/** kernel/trace: ftrace.c, trace.c, trace_stack.c; kernel/bpf/syscall.c. */
const TRACE_AND_BPF: readonly CtlTable[] = [
  sysctl('kernel/ftrace_enabled', ftraceEnableSysctl, { boot: [1n], before: { '7.2': { handler: procDointvec } } }),
  sysctl('kernel/ftrace_dump_on_oops', procDostring, {
    boot: '0', maxlen: TRACER_BYTES, before: { '6.12': { handler: procDointvec, boot: [0n] } },
  }),
  sysctl('kernel/traceoff_on_warning', procDointvec, { boot: [0n] }),
  // Stays 0 on a kernel that was not booted with tp_printk.
  sysctl('kernel/tracepoint_printk', procDointvec, { boot: [0n], settle: () => 0n }),
  sysctl('kernel/stack_tracer_enabled', procDointvec, { boot: [0n] }),
  // Once 1, it stays so until the next boot.
  sysctl('kernel/unprivileged_bpf_disabled', procDointvecMinmax, {
    boot: [2n], extra1: 0n, extra2: 2n, capability: SYS_ADMIN,
    check: { refuses: (value, old) => (old === 1n && value !== 1n ? -ERRNO.EPERM : 0), takes: 'a whole number from 0 to 2; once it is 1, only 1' },
  }),
  sysctl('kernel/bpf_stats_enabled', procDointvecMinmax, { boot: [0n], ...ZERO_OR_ONE, capability: SYS_ADMIN }),
];

/** What the scheduler and those who watch programs read of /proc/sys/kernel of Linux 7.3, x86-64. */
export const KERNEL_SCHED_SYSCTLS: readonly CtlTable[] = [...SCHED, ...PERF, ...TRACE_AND_BPF];
