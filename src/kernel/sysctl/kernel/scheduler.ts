import { ERRNO } from '../../../abi/errno.ts';
import { integersOf } from '../after-write.ts';
import { CPUS } from '../../cpus.ts';
import type { ProcHandler, SysctlHost, WriteCheck } from '../ctl-table.ts';

const RT_PERIOD = 'kernel.sched_rt_period_us';
const RT_RUNTIME = 'kernel.sched_rt_runtime_us';
/** Realtime tasks may run all the time. */
const RUNTIME_INF = -1n;
const NSEC_PER_USEC = 1000n;
/** A share of a CPU is counted in this part of it, and a time is at most this many ns. */
const BW_SHIFT = 20n;
const MAX_BW = (1n << (64n - BW_SHIFT)) - 1n;
/** What the kernel keeps of each CPU for tasks that are not realtime, as a share: 50 ms of a second. Source: fair_server_init(). */
const FAIR_SERVER = (50n << BW_SHIFT) / 1000n;

/** A share of time, in 2^20ths. Mirrors to_ratio() (kernel/sched/core.c). */
function toRatio(period: bigint, runtime: bigint): bigint {
  if (runtime === RUNTIME_INF) return 1n << BW_SHIFT;
  return period === 0n ? 0n : (runtime << BW_SHIFT) / period;
}

/** Mirrors sched_rt_global_validate() (kernel/sched/rt.c) and sched_dl_global_validate() (kernel/sched/deadline.c). */
function refusesRtLimits(_value: bigint, _old: bigint, host: SysctlHost): number {
  const [period = 0n] = integersOf(host, RT_PERIOD);
  const [runtime = 0n] = integersOf(host, RT_RUNTIME);
  if (runtime !== RUNTIME_INF && (runtime > period || runtime * NSEC_PER_USEC > MAX_BW)) return -ERRNO.EINVAL;
  return toRatio(period, runtime) * BigInt(CPUS) < FAIR_SERVER * BigInt(CPUS) ? -ERRNO.EBUSY : 0;
}

/** What must hold between a realtime limit and the other one. */
export const rtPeriodCheck: WriteCheck = {
  refuses: refusesRtLimits, takes: `microseconds, from ${RT_RUNTIME} to twenty times as many`,
};
export const rtRuntimeCheck: WriteCheck = {
  refuses: refusesRtLimits, takes: `microseconds, from a twentieth of ${RT_PERIOD} to all of it, or -1 for no limit`,
};

/** The same in kernels that reserve no part of a CPU for other tasks. */
export const olderRtCheck: WriteCheck = {
  refuses: (_value, _old, host) => {
    const [period = 0n] = integersOf(host, RT_PERIOD);
    const [runtime = 0n] = integersOf(host, RT_RUNTIME);
    return runtime !== RUNTIME_INF && (runtime > period || runtime * NSEC_PER_USEC > MAX_BW) ? -ERRNO.EINVAL : 0;
  },
  takes: `microseconds, with ${RT_RUNTIME} no more than ${RT_PERIOD}`,
};

/** 100 ms: RR_TIMESLICE. */
export const RR_TIMESLICE_MS = 100n;

/** kernel.sched_rr_timeslice_ms: 0 and less stand for the default. Mirrors sched_rr_handler() (kernel/sched/rt.c). */
export function settleRrTimeslice(_host: SysctlHost, written: bigint): bigint {
  return written <= 0n ? RR_TIMESLICE_MS : written;
}

/** SCHED_CAPACITY_SCALE: all of a CPU. */
export const CAPACITY = 1024n;
const CLAMP_MIN = 'kernel.sched_util_clamp_min';
const CLAMP_MAX = 'kernel.sched_util_clamp_max';
const CLAMP_MIN_RT = 'kernel.sched_util_clamp_min_rt_default';

/** What must hold between the three limits of utilization. Mirrors sysctl_sched_uclamp_handler() (kernel/sched/core.c). */
export const uclampCheck: WriteCheck = {
  refuses(_value, _old, host) {
    const [min = 0n, max = 0n, minRt = 0n] = [CLAMP_MIN, CLAMP_MAX, CLAMP_MIN_RT].map((name) => (
      BigInt.asUintN(32, integersOf(host, name)[0] ?? 0n)
    ));
    return min > max || max > CAPACITY || minRt > CAPACITY ? -ERRNO.EINVAL : 0;
  },
  takes: `a whole number from 0 to ${CAPACITY}, with ${CLAMP_MIN} no greater than ${CLAMP_MAX}`,
};

/**
 * /proc/sys/kernel/sched_energy_aware: reads empty on a machine whose CPUs are all alike. Mirrors sched_energy_aware_handler()
 * (kernel/sched/topology.c).
 */
export const schedEnergyAwareHandler: ProcHandler = {
  read: () => new Uint8Array(0),
  write: () => -ERRNO.EOPNOTSUPP,
  takes: () => 'nothing: all CPUs of the machine are alike',
};
