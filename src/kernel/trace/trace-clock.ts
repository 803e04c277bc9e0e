import { HZ, USER_HZ } from '../sysctl/scales.ts';

/** Millions of ticks per second of the time stamp counter. */
const TSC_MHZ = 2000;

/** A clock of trace_clock: its value, from microseconds since boot, and whether it counts nanoseconds. */
export interface TraceClock {
  readonly name: string;
  readonly inNanoseconds: boolean;
  /** `count` is how often the clock of this buffer was read before. */
  readonly read: (uptimeUsec: number, count: number) => bigint;
}

const nanoseconds = (uptimeUsec: number): bigint => BigInt(Math.floor(uptimeUsec)) * 1000n;
const clock = (name: string, read: TraceClock['read'] = nanoseconds, inNanoseconds = read === nanoseconds): TraceClock => ({ name, inNanoseconds, read });

/**
 * The clocks, in the order of trace_clock. Mirrors trace_clocks[] (kernel/trace/trace.c). The model has one clock, which begins at boot; tai, too,
 * begins there.
 */
export const TRACE_CLOCKS: readonly TraceClock[] = [
  clock('local'),
  clock('global'),
  clock('counter', (_uptime, count) => BigInt(count + 1)),
  // trace_clock_jiffies(): ticks since boot in units of USER_HZ.
  clock('uptime', (uptimeUsec) => ((BigInt(Math.floor(uptimeUsec)) * HZ) / 1_000_000n) * USER_HZ / HZ),
  clock('perf'),
  clock('mono'),
  clock('mono_raw'),
  clock('boot'),
  clock('tai'),
  clock('x86-tsc', (uptimeUsec) => BigInt(Math.floor(uptimeUsec * TSC_MHZ))),
];
