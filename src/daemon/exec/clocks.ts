// Apart from service.ts and exec.ts, which run in different threads: both use it.
import { readFileSync } from 'node:fs';
import type { Kernel } from '../../kernel/kernel.ts';

/**
 * What CLOCK_BOOTTIME and CLOCK_MONOTONIC of the host show at one moment, in whole seconds: unshare(1) sets the clocks of a time namespace
 * only in seconds.
 */
export interface Clocks {
  readonly boottime: number;
  readonly monotonic: number;
}

/** CLOCK_MONOTONIC, in microseconds. */
function monotonic(): number {
  return Number(process.hrtime.bigint() / 1000n);
}

/**
 * How long the host was suspended since it booted, in microseconds. /proc/uptime shows hundredths, and the last one may have just begun.
 */
function suspended(): number {
  const boottime = Number(/^\d+(?:\.\d+)?/.exec(readFileSync('/proc/uptime', 'latin1'))?.[0] ?? 0) * 1e6;
  const asleep = boottime - monotonic();
  return asleep < 1e6 ? 0 : asleep + 1e4;
}

/** The last moment at which CLOCK_BOOTTIME showed whole seconds. */
export function clocksNow(): Clocks {
  const asleep = suspended();
  const boottime = Math.floor((monotonic() + asleep) / 1e6);
  return { boottime, monotonic: Math.round(boottime - asleep / 1e6) };
}

/**
 * Advances a machine's clock, so that the machine booted when the clocks of the host showed the given seconds, shortly before now. Without
 * them it advances the clock by less than a second, so that CLOCK_BOOTTIME showed whole seconds then. Returns what the clocks showed when
 * the machine booted.
 */
export function alignClock(kernel: Kernel, given: Clocks | undefined): Clocks {
  const asleep = suspended();
  const booted = monotonic() + asleep - kernel.uptime();
  const clocks = given ?? { boottime: Math.floor(booted / 1e6), monotonic: Math.round((Math.floor(booted / 1e6) * 1e6 - asleep) / 1e6) };
  kernel.wait(Math.max(0, Math.round(booted - clocks.boottime * 1e6)));
  return clocks;
}
