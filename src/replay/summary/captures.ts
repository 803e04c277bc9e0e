import type { ReplayEvent } from '../history/event.ts';
import type { Verdict } from '../verdict/verdict.ts';
import { groupBy } from './tables.ts';
import type { Summary } from './summary.ts';

/**
 * The summary as reports show it: of several captures of one failure the first, which counts, learns what only the others saw: the page dump
 * that decides, the crash on the serial console. Not done to what is written for `--merge`, since then more may still be learned.
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
