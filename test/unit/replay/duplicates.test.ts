import fc, { runs } from '../../support/fast-check.ts';
import { describe, expect, it } from 'vitest';
import type { ReplayEvent } from '../../../src/replay/history/event.ts';
import { Duplicates } from '../../../src/replay/summary/duplicates.ts';

interface Told { readonly host: string | null; readonly uptime: number | null; readonly second: number | null; readonly trace: boolean; readonly file: string; readonly pfn?: string }

function event({ host, uptime, second, trace, file, pfn = '0x1' }: Told, line: number): ReplayEvent {
  return {
    host, uptime, time: second === null ? null : new Date(second * 1000).toISOString(), source: { file, line }, kernel: null, pfn, type: 'unknown page', result: 'Ignored',
    verdict: {}, reason: '', killed: [], crash: null, ...(trace && { trace: true }),
  };
}

/** By a simple algorithm: compare with every earlier event that is not a repetition itself, in order. */
function byTheBook(events: readonly ReplayEvent[]): boolean[] {
  const originals: ReplayEvent[] = [];
  return events.map((each) => {
    const repeats = originals.some((other) => {
      const sameHost = each.host === null || other.host === null || each.host === other.host;
      const timed = each.uptime !== null && other.uptime !== null;
      if (sameHost && timed && each.uptime === other.uptime) return true;
      if (each.host !== null && each.host === other.host && each.time !== null && each.time === other.time && !timed && each.source.file !== other.source.file) return true;
      return sameHost && (each.trace ?? false) !== (other.trace ?? false) && (!timed || Math.abs((each.uptime ?? 0) - (other.uptime ?? 0)) < 1);
    });
    if (!repeats) originals.push(each);
    return repeats;
  });
}

const told: fc.Arbitrary<Told> = fc.record({
  host: fc.constantFrom(null, 'a', 'b', 'c'), uptime: fc.option(fc.integer({ min: 0, max: 12 }).map((n) => n / 4)), second: fc.option(fc.integer({ min: 0, max: 2 })),
  trace: fc.boolean(), file: fc.constantFrom('x', 'y', 'z'),
});

describe('repetitions', () => {
  it('are those that comparing each event with all before it finds', () => {
    fc.assert(
      fc.property(fc.array(told, { maxLength: 25 }), (list) => {
        const events = list.map(event);
        const duplicates = new Duplicates();
        expect(events.map((each) => duplicates.mark(each).duplicate_of !== undefined)).toEqual(byTheBook(events));
      }),
      { numRuns: runs(2000), seed: 9 },
    );
  });
});
