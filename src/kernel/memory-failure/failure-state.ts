import { newRatelimit, type RatelimitState } from '../ratelimit.ts';

/** Counters of /sys/devices/system/node/node0/memory_failure: `struct memory_failure_stats`. */
export interface FailureStats {
  total: number;
  ignored: number;
  failed: number;
  delayed: number;
  recovered: number;
}

/** The files of /sys/kernel/debug/hwpoison: which pages an injection may touch. Mirrors the hwpoison_filter_* variables. */
export interface HwpoisonFilter {
  enable: number;
  devMajor: number;
  devMinor: number;
  flagsMask: bigint;
  flagsValue: bigint;
  memcg: bigint;
}

/** The state of mm/memory-failure.c between two failures. A boot replaces every part of it, so do not hold a reference to one. */
export interface FailureState {
  stats: FailureStats;
  /** num_poisoned_pages: `HardwareCorrupted` of /proc/meminfo, in pages. */
  poisonedPages: number;
  /** An error came from hardware, not from a test: nothing can be unpoisoned until the next boot. */
  hwMemoryFailure: boolean;
  /** The line on disabled soft-offlining is printed once a boot. */
  softOfflineDisabledPrinted: boolean;
  unpoisonRatelimit: RatelimitState;
  filter: HwpoisonFilter;
}

/** The state after a boot. */
export function newFailureState(): FailureState {
  return {
    stats: { total: 0, ignored: 0, failed: 0, delayed: 0, recovered: 0 },
    poisonedPages: 0,
    hwMemoryFailure: false,
    softOfflineDisabledPrinted: false,
    unpoisonRatelimit: newRatelimit(),
    filter: { enable: 0, devMajor: 0xffffffff, devMinor: 0xffffffff, flagsMask: 0n, flagsValue: 0n, memcg: 0n },
  };
}
