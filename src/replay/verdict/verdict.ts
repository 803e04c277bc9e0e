import type { PolicyName } from './policy.ts';
import { isKnownType, type Result } from '../wording/result-line.ts';
import { eraOf, type KernelEra, version, versionOf } from './kernel-era.ts';
import { type Row, ROWS } from './verdict-table.ts';

/** Whether a kernel with vm.panic_on_unrecoverable_memory_failure=1 would have panicked on the same error. */
export type Verdict = 'would-panic' | 'would-not' | 'undecidable';

/** What is known of a memory failure besides its time and place. */
export interface Evidence {
  readonly type: string;
  readonly result: Result;
  /** The wording before 4.1 was used, so the kernel is that old whatever else is known of it. */
  readonly oldWording: boolean;
  /** The kernel's release, where the log told. */
  readonly kernel?: string;
  /** Lines on the same page before the result line: `unhandlable page`, `Unknown page state`, `non anonymous thp`. */
  readonly unhandlable: boolean;
  readonly unknownState: boolean;
  readonly compound: boolean;
  /** Flags and page type by name out of a dump of the page. */
  readonly dump?: readonly string[];
}

/** A verdict for each policy, and why. */
export interface Judgement {
  readonly verdict: Readonly<Record<PolicyName, Verdict>>;
  readonly reason: string;
}

/** Judges by the first row of the table that fits. */
export function judge(evidence: Evidence): Judgement {
  const era: KernelEra = evidence.oldWording ? 'refcount' : eraOf(evidence.kernel);
  const type = plainType(evidence.type);
  const row = ROWS.find((each) => fits(each, evidence, type, era));
  if (!row) throw new Error('the last row of the verdict table fits all');
  return { verdict: { v4: row.v4, '7.3': row['7.3'] }, reason: row.reason };
}

function fits(row: Row, evidence: Evidence, type: string, era: KernelEra): boolean {
  const { dump } = row;
  return (
    (row.types === 'known' ? isKnownType(evidence.type) : row.types === undefined || row.types.includes(type)) &&
    (row.results === undefined || row.results.includes(evidence.result)) &&
    (row.eras === undefined || row.eras.includes(era)) &&
    (row.since === undefined || (versionOf(evidence.kernel) ?? 0) >= version(...row.since)) &&
    (row.line === undefined || evidence[row.line]) &&
    (dump === undefined || (evidence.dump?.some((name) => dump.includes(name)) ?? false))
  );
}

/** 2.6.32 put `dirty ` before a type whenever the page was dirty. */
function plainType(type: string): string {
  return type.replace(/^dirty (?=unknown page state page|kernel slab page|reserved kernel page|non LRU page|high order kernel page)/, '');
}
