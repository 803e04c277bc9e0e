import type { PolicyName } from '../verdict/policy.ts';
import type { Source } from '../line/log-line.ts';
import type { Verdict } from '../verdict/verdict.ts';
import type { CrashKind } from '../wording/facts.ts';
import type { Result } from '../wording/result-line.ts';

/** A moment and the place in the input that tells of it. `time` is ISO 8601, without a zone where the log names none. */
export interface Moment {
  readonly time: string | null;
  /** Seconds since boot. */
  readonly uptime: number | null;
  readonly source: Source;
}

/** How the machine went down after a memory failure. */
export interface Crash extends Moment {
  readonly kind: CrashKind;
  readonly text: string;
  /** Function and offset in which it happened. */
  readonly at: string | null;
  /** Seconds from the memory failure to it; null where the log has no times. */
  readonly after: number | null;
}

/** One memory failure that a log tells of: what a line of `--json` holds. */
export interface ReplayEvent extends Moment {
  readonly host: string | null;
  readonly kernel: string | null;
  readonly pfn: string;
  readonly type: string;
  readonly result: Result;
  readonly verdict: Readonly<Partial<Record<PolicyName, Verdict>>>;
  readonly reason: string;
  readonly killed: readonly { readonly comm: string; readonly pid: number }[];
  readonly crash: Crash | null;
  /** A test did it: the log says that the error was injected. */
  readonly injected?: true;
  /** From the trace buffer, not the kernel log. */
  readonly trace?: true;
  /** The page was unpoisoned again. */
  readonly revoked?: Moment;
  /** The same memory failure is told of there. */
  readonly duplicate_of?: Source;
}

/** Whether an event counts in a summary: it was not taken back, and is told of for the first time. */
export function counts(event: ReplayEvent): boolean {
  return event.revoked === undefined && event.duplicate_of === undefined;
}
