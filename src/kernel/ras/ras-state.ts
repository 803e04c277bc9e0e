import { newRatelimit, type RatelimitState } from '../ratelimit.ts';
import type { CperRecord } from './cper.ts';
import type { TraceEventFields } from './trace-event.ts';

/** The counters of one DIMM, and its label, which can be written: any bytes but NUL. */
export interface DimmState {
  label: Uint8Array;
  ceCount: number;
  ueCount: number;
}

/** The memory controller that ghes_edac registers. Mirrors `struct mem_ctl_info` (include/linux/edac.h). */
export interface EdacState {
  ceMc: number;
  ueMc: number;
  ceNoinfo: number;
  ueNoinfo: number;
  readonly dimms: DimmState[];
  /** Microseconds since boot at which the counters were last set to 0. */
  startTime: number;
  /** The parameters of edac_core, 0 for no: whether errors are logged, and whether an uncorrected one panics. */
  logCe: bigint;
  logUe: bigint;
  panicOnUe: bigint;
}

/** The counters after a boot. */
export function newEdacState(labels: readonly string[]): EdacState {
  return {
    ceMc: 0, ueMc: 0, ceNoinfo: 0, ueNoinfo: 0, dimms: labels.map((label) => ({ label: new TextEncoder().encode(label), ceCount: 0, ueCount: 0 })), startTime: 0, logCe: 1n,
    logUe: 1n, panicOnUe: 0n,
  };
}

/** The files of /sys/kernel/debug/apei/einj: static variables of einj-core.c. */
export interface EinjState {
  /** What was last written to error_type, also if it was refused. */
  typeText: string;
  errorType: number;
  isV2: boolean;
  flags: number;
  param1: bigint;
  param2: bigint;
  param3: bigint;
  param4: bigint;
  notrigger: number;
}

/** The state after a boot. */
export function newEinjState(): EinjState {
  return { typeText: '', errorType: 0, isV2: false, flags: 0, param1: 0n, param2: 0n, param3: 0n, param4: 0n, notrigger: 0 };
}

/** A record that was printed lately. Mirrors `struct ghes_estatus_cache` (include/acpi/ghes.h). */
export interface EstatusCache {
  /** What two equal records have in common. */
  readonly key: string;
  /** How often the record came again. */
  count: number;
  /** Microseconds since boot at which it was printed. */
  readonly timeIn: number;
}

/** The state of the drivers that report hardware errors. A boot replaces every part of it, so do not hold a reference to one. */
export interface RasState {
  /** Records printed since boot: the number in braces. */
  ghesSeqno: number;
  ghesCorrectedRatelimit: RatelimitState;
  ghesUncorrectedRatelimit: RatelimitState;
  ghesAddressRatelimit: RatelimitState;
  aerRatelimit: RatelimitState;
  estatusCaches: EstatusCache[];
  /** Machine checks that are logged and not yet handled. */
  mceEvents: TraceEventFields['mce:mce_record'][];
  /** The limit of the line `Machine check events logged`, in kernels that have one. */
  mceLimit: RatelimitState | undefined;
  edac: EdacState;
  einj: EinjState;
  /** Errors that EINJ put into memory without a trigger, by page frame: the next access reports them. */
  latent: Map<number, CperRecord>;
}

/** The state after a boot. `mceLimited`: the kernel limits how often it says that it logged machine checks. */
export function newRasState(labels: readonly string[], mceLimited: boolean): RasState {
  return {
    ghesSeqno: 0,
    ghesCorrectedRatelimit: newRatelimit(5_000_000, 2),
    ghesUncorrectedRatelimit: newRatelimit(5_000_000, 2),
    ghesAddressRatelimit: newRatelimit(),
    aerRatelimit: newRatelimit(),
    estatusCaches: [],
    mceEvents: [],
    mceLimit: mceLimited ? newRatelimit(60_000_000, 2) : undefined,
    edac: newEdacState(labels),
    einj: newEinjState(),
    latent: new Map(),
  };
}
