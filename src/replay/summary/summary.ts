import type { ReplayEvent } from '../history/event.ts';
import type { InputCounts } from '../log-replay.ts';
import { Duplicates } from './duplicates.ts';

/** What was read, added up. */
export interface Totals {
  readonly files: number;
  readonly bytes: number;
  readonly lines: number;
  /** Events that --host, --since or --until left out. */
  readonly leftOut: number;
  /** Lines that are not UTF-8, broken JSON and journal entries, result lines that never end; packed files that are cut off or damaged. */
  readonly malformed: InputCounts['malformed'] & { readonly truncated: number };
  /** Files that could not be read, directories that could not, and what in a directory is no file. */
  readonly unreadable: number;
}

/** What a run over some inputs came to: what `--summary` writes, and `--merge` adds up. */
export interface Summary {
  readonly version: typeof SUMMARY_VERSION;
  /** Seconds; parts that were linked by different windows cannot be added up. */
  readonly crashWindow: number;
  readonly totals: Totals;
  /** In the order of files by name and of lines; what repeats another is marked. */
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

/** A summary of events in any order: they are put in order, and those that repeat another are marked. */
export function summarize(events: readonly ReplayEvent[], totals: Totals, crashWindow: number): Summary {
  const duplicates = new Duplicates();
  const marked = events.toSorted(bySource).map(({ duplicate_of: _, ...event }) => duplicates.mark(event));
  return { version: SUMMARY_VERSION, crashWindow, totals, events: marked };
}

/**
 * The summary of all parts together: exactly what one run over all their inputs gives, as long as no input is split between two.
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
