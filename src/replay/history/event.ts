import type { Source } from '../line/log-line.ts';
import type { Verdict } from '../verdict/verdict.ts';
import type { CrashKind } from '../wording/facts.ts';
import type { RecoveryResult } from '../wording/result-line.ts';
import type { PolicyName } from '../verdict/policy.ts';

/** A moment, and its place in the input. `time` is ISO 8601, without a zone if the log has none. */
export interface Moment {
  readonly time: string | null;
  /** Seconds since boot. */
  readonly uptime: number | null;
  readonly source: Source;
}

/** How the machine crashed after a memory failure. */
export interface Crash extends Moment {
  readonly kind: CrashKind;
  readonly text: string;
  /** Function and offset in which it happened. */
  readonly at: string | null;
  /** Seconds from the memory failure to the crash; null if the log has no times. */
  readonly after: number | null;
}

/** One memory failure in a log: the content of a line of `--json`. */
export interface ReplayEvent extends Moment {
  readonly host: string | null;
  readonly kernel: string | null;
  readonly pfn: string;
  readonly type: string;
  readonly result: RecoveryResult;
  readonly verdict: Readonly<Partial<Record<PolicyName, Verdict>>>;
  readonly reason: string;
  readonly killed: readonly { readonly comm: string; readonly pid: number }[];
  readonly crash: Crash | null;
  /** Whether the log shows that the error was injected by a test. */
  readonly injected?: true;
  /** The DIMM, by its label, if the hardware reported the error just before. */
  readonly dimm?: string;
  /** From the trace buffer, or from rasdaemon, which reads it; not from the kernel log. */
  readonly trace?: true;
  /** The page was unpoisoned again. */
  readonly revoked?: Moment;
  /** The place of an earlier event that reports the same memory failure. */
  readonly duplicate_of?: Source;
}

/** Whether an event counts in a summary: it was not revoked, and it is not a duplicate. */
export function counts(event: ReplayEvent): boolean {
  return event.revoked === undefined && event.duplicate_of === undefined;
}
