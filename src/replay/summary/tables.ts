import { POLICIES, type PolicyName } from '../verdict/policy.ts';
import { counts, type ReplayEvent } from '../history/event.ts';
import type { Verdict } from '../verdict/verdict.ts';
import { byName } from './summary.ts';

export const VERDICTS = ['would-panic', 'would-not', 'undecidable'] as const satisfies readonly Verdict[];

/** Events of one host, of one type, or all, by verdict. */
export interface Count {
  readonly name: string;
  readonly events: number;
  /** After how many of them the machine crashed within the window. */
  readonly crashes: number;
  readonly verdicts: Readonly<Record<PolicyName, Readonly<Record<Verdict, number>>>>;
}

/** How events whose host is not known are called. */
export const UNKNOWN_HOST = '(unknown)';

export function hostOf({ host }: ReplayEvent): string {
  return host ?? UNKNOWN_HOST;
}

/** What counts, by a name of each event: the most events first. */
export function countBy(events: readonly ReplayEvent[], name: (event: ReplayEvent) => string): Count[] {
  const groups = groupBy(events.filter(counts), name);
  return Array.from(groups, ([each, group]) => count(each, group)).sort((a, b) => b.events - a.events || byName(a.name, b.name));
}

/** All that counts. */
export function countAll(events: readonly ReplayEvent[]): Count {
  return count('all', events.filter(counts));
}

function count(name: string, group: readonly ReplayEvent[]): Count {
  const having = (policy: PolicyName, verdict: Verdict): number => group.filter((event) => event.verdict[policy] === verdict).length;
  const verdicts = Object.fromEntries(
    POLICIES.map((policy) => [policy, Object.fromEntries(VERDICTS.map((verdict) => [verdict, having(policy, verdict)]))]),
  ) as Count['verdicts'];
  return { name, events: group.length, crashes: group.filter(({ crash }) => crash !== null).length, verdicts };
}

/** The items by a name of each, in the order in which the names come up. (Map.groupBy() needs Node 21.) */
export function groupBy<T>(items: Iterable<T>, name: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = name(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
