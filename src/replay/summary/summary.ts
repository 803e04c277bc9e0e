// All events of a run added up: what reports show, and what `--merge` reads again (parse-summary.ts). duplicates.ts finds captures of the
// same failure. The folder may import what replay may. Start with Summary and summarize() below.
import { counts, type ReplayEvent } from '../history/event.ts';
import type { InputCounts } from '../log-replay.ts';
import type { Verdict } from '../verdict/verdict.ts';
import { Duplicates } from './duplicates.ts';
import { POLICIES, type PolicyName } from '../verdict/policy.ts';

/** Counts of the input. */
export interface Totals {
  readonly files: number;
  readonly bytes: number;
  readonly lines: number;
  /** Events that --host, --since or --until left out. */
  readonly leftOut: number;
  /** Lines that are not UTF-8, broken JSON and journal entries, result lines that never end; packed files that are cut off or damaged. */
  readonly malformed: InputCounts['malformed'] & { readonly truncated: number };
  /** Files and directories that could not be read, and entries of directories that are not files. */
  readonly unreadable: number;
}

/** The result of a run over some inputs: `--summary` writes it, and `--merge` adds it up. */
export interface Summary {
  readonly version: typeof SUMMARY_VERSION;
  /** Seconds. Summaries with different windows cannot be added up. */
  readonly crashWindow: number;
  readonly totals: Totals;
  /** In the order of file names and lines. Duplicates are marked. */
  readonly events: readonly ReplayEvent[];
}

export const SUMMARY_VERSION = 1;

export const NO_TOTALS: Totals = {
  files: 0, bytes: 0, lines: 0, leftOut: 0, malformed: { invalidUtf8: 0, json: 0, unfinished: 0, truncated: 0 }, unreadable: 0,
};

/** The sum of both. */
export function addTotals(a: Totals, b: Totals): Totals {
  return {
    files: a.files + b.files,
    bytes: a.bytes + b.bytes,
    lines: a.lines + b.lines,
    leftOut: a.leftOut + b.leftOut,
    malformed: {
      invalidUtf8: a.malformed.invalidUtf8 + b.malformed.invalidUtf8,
      json: a.malformed.json + b.malformed.json,
      unfinished: a.malformed.unfinished + b.malformed.unfinished,
      truncated: a.malformed.truncated + b.malformed.truncated,
    },
    unreadable: a.unreadable + b.unreadable,
  };
}

/** Makes a summary of events in any order: sorts them, and marks duplicates. */
export function summarize(events: readonly ReplayEvent[], totals: Totals, crashWindow: number): Summary {
  const duplicates = new Duplicates();
  const marked = events.toSorted(bySource).map(({ duplicate_of: _, ...event }) => duplicates.mark(event));
  return { version: SUMMARY_VERSION, crashWindow, totals, events: marked };
}

/**
 * The summary of all parts together: the same as of one run over all their inputs, if no input is split between two.
 * The parts have the same crash window.
 */
export function mergeSummaries(parts: readonly [Summary, ...Summary[]]): Summary {
  const totals = parts.map((part) => part.totals).reduce(addTotals);
  return summarize(parts.flatMap(({ events }) => events), totals, parts[0].crashWindow);
}

/** The order in which inputs are read, and that of their lines. */
export function byName(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function bySource(a: ReplayEvent, b: ReplayEvent): number {
  return byName(a.source.file, b.source.file) || a.source.line - b.source.line;
}

export const VERDICTS = ['would-panic', 'would-not', 'undecidable'] as const satisfies readonly Verdict[];

/** Events of one host, of one type, or all, by verdict. */
export interface Count {
  readonly name: string;
  readonly events: number;
  /** After how many of them the machine crashed within the window. */
  readonly crashes: number;
  readonly verdicts: Readonly<Record<PolicyName, Readonly<Record<Verdict, number>>>>;
}

/** The name of an unknown host. */
const UNKNOWN_HOST = '(unknown)';

export function hostOf({ host }: ReplayEvent): string {
  return host ?? UNKNOWN_HOST;
}

/** Counts the events that count, grouped by a name; the largest group first. */
export function countBy(events: readonly ReplayEvent[], name: (event: ReplayEvent) => string): Count[] {
  const groups = groupBy(events.filter(counts), name);
  return Array.from(groups, ([each, group]) => count(each, group)).sort((a, b) => b.events - a.events || byName(a.name, b.name));
}

/** Counts all events that count. */
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

/** Groups items by a name, in the order in which the names appear. (Map.groupBy() needs Node 21.) */
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

/**
 * The summary as reports show it. Of several captures of one failure the first counts. It gets what only the others have: the page dump
 * that decides, or the crash on the serial console. The summary for `--merge` stays as it is, because other parts may add more.
 */
export function joinCaptures(summary: Summary): Summary {
  const copies = groupBy(
    summary.events.filter(({ duplicate_of }) => duplicate_of),
    ({ duplicate_of: original, pfn }) => `${original?.file}:${original?.line}:${pfn}`,
  );
  const learn = (event: ReplayEvent): ReplayEvent => {
    const others = event.duplicate_of ? undefined : copies.get(`${event.source.file}:${event.source.line}:${event.pfn}`);
    return others ? learnFrom(event, others) : event;
  };
  return copies.size === 0 ? summary : { ...summary, events: summary.events.map(learn) };
}

function learnFrom(event: ReplayEvent, others: readonly ReplayEvent[]): ReplayEvent {
  const all = [event, ...others];
  const { verdict, reason } = all.reduce((best, each) => (undecided(each) < undecided(best) ? each : best));
  const first = <V>(of: (each: ReplayEvent) => V | null): V | null => all.map(of).find((value) => value !== null) ?? null;
  return {
    ...event, verdict, reason,
    time: first(({ time }) => time),
    host: first(({ host }) => host),
    kernel: first(({ kernel }) => kernel),
    crash: first(({ crash }) => crash),
    killed: all.map(({ killed }) => killed).find((killed) => killed.length > 0) ?? [],
    ...(all.some(({ revoked }) => revoked) && { revoked: all.find(({ revoked }) => revoked)?.revoked }),
  } as ReplayEvent;
}

function undecided({ verdict }: ReplayEvent): number {
  return Object.values(verdict).filter((each: Verdict) => each === 'undecidable').length;
}
