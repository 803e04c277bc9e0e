import { counts, type ReplayEvent } from '../../../replay/history/event.ts';
import type { Summary } from '../../../replay/summary/summary.ts';
import { POLICIES } from '../../../replay/verdict/policy.ts';
import type { Given } from './options.ts';

/** What was read, or added up. */
export interface Outcome {
  readonly summary: Summary;
  /** Verdicts that some event which counts has. */
  readonly found: ReadonlySet<string>;
}

/** Verdicts of what counts, under the policies asked for. */
export function verdicts(events: Iterable<ReplayEvent>, { policy }: Given): Set<string> {
  const policies = policy === 'both' ? POLICIES : [policy];
  const found = new Set<string>();
  for (const event of events) if (counts(event)) for (const each of policies) found.add(event.verdict[each] ?? '');
  return found;
}
