import { counts, type ReplayEvent } from '../history/event.ts';
import { isoTime } from '../line/time.ts';
import { type Count, countBy, hostOf, type Summary } from '../summary/summary.ts';
import type { PolicyName } from '../verdict/policy.ts';

/** The most events in the list and the timeline of the page, first those that would panic: a browser is slow with more. */
const MOST_EVENTS = 5000;
const MOST_HOSTS = 200;
const MOST_TYPES = 40;

/** The data for the script of the page. */
export interface PageData {
  readonly policies: readonly PolicyName[];
  readonly types: readonly Count[];
  readonly timelineHosts: readonly string[];
  /** The unit of `x`: milliseconds of the wall clock, or seconds since boot if no log has dates. */
  readonly clock: 'wall' | 'boot';
  readonly events: readonly PageEvent[];
}

interface PageEvent extends Pick<ReplayEvent, 'pfn' | 'type' | 'result' | 'verdict' | 'reason'> {
  readonly id: number;
  readonly when: string;
  readonly host: string;
  readonly killed: string;
  readonly crash: string | null;
  readonly note: string;
  readonly counts: boolean;
  readonly where: string;
  /** The place in the timeline; null and -1 if it has none. */
  readonly x: number | null;
  readonly y: number;
}

/** The data that shows a summary. The counts are of all events, the events at most MOST_EVENTS. */
export function pageData({ events }: Summary, policies: readonly PolicyName[]): PageData {
  const shown = choose(events, policies);
  const clock = shown.some(({ time }) => time !== null) ? 'wall' : 'boot';
  const x = ({ time, uptime }: ReplayEvent): number | null => (clock === 'boot' ? uptime : time === null ? null : (isoTime(time)?.ms ?? null));
  const timelineHosts = countBy(shown.filter((event) => x(event) !== null), hostOf).slice(0, MOST_HOSTS).map(({ name }) => name).sort();
  const rowOf = new Map(timelineHosts.map((name, row) => [name, row]));
  return {
    policies,
    types: countBy(events, ({ type, result }) => `${type}: ${result}`).slice(0, MOST_TYPES),
    timelineHosts,
    clock,
    events: shown.map((event, id) => ({
      id,
      when: event.time ?? (event.uptime === null ? '' : `[${event.uptime.toFixed(6)}]`),
      host: hostOf(event),
      pfn: event.pfn,
      type: event.type,
      result: event.result,
      verdict: event.verdict,
      reason: event.reason,
      killed: event.killed.map(({ comm, pid }) => `${comm}:${pid}`).join(', '),
      crash: event.crash && `${event.crash.after === null ? '' : `${event.crash.after.toFixed(1)} s later: `}${event.crash.text}`,
      note: [event.revoked && 'unpoisoned', event.duplicate_of && 'reported before', event.injected && 'injected'].filter(Boolean).join(', '),
      counts: counts(event),
      where: `${event.source.file}:${event.source.line}`,
      x: counts(event) ? x(event) : null,
      y: counts(event) ? (rowOf.get(hostOf(event)) ?? -1) : -1,
    })),
  };
}

/** The events that are shown, in their order. If there are too many, those that would panic come first, then the undecidable ones. */
function choose(events: readonly ReplayEvent[], policies: readonly PolicyName[]): readonly ReplayEvent[] {
  if (events.length <= MOST_EVENTS) return events;
  const rank = (event: ReplayEvent): number => Math.min(...policies.map((policy) => ['would-panic', 'undecidable', 'would-not'].indexOf(event.verdict[policy] ?? '')));
  const ranked = events.map((event, index) => ({ event, index, rank: rank(event) })).sort((a, b) => a.rank - b.rank || a.index - b.index);
  return ranked.slice(0, MOST_EVENTS).sort((a, b) => a.index - b.index).map(({ event }) => event);
}
