import fc, { runs } from '../../support/fast-check.ts';
import { describe, expect, it } from 'vitest';
import { ACTION_PAGE_TYPES } from '../../../src/kernel/memory-failure/action-page-types.ts';
import { replayText } from '../../../src/replay/log-replay.ts';

const result = fc.record({
  pfn: fc.integer({ min: 0, max: 2 ** 40 }).map((n) => `0x${n.toString(16)}`),
  type: fc.constantFrom(...Object.values(ACTION_PAGE_TYPES)),
  result: fc.constantFrom('Ignored', 'Failed', 'Delayed', 'Recovered'),
});
type ResultLine = typeof result extends fc.Arbitrary<infer V> ? V : never;

function text({ pfn, type, result: ended }: ResultLine): string {
  return `Memory failure: ${pfn}: recovery action for ${type}: ${ended}`;
}

/** How a program may cut a line, and what it puts before the parts. */
const CUTS: Readonly<Record<string, (head: string, tail: string) => string>> = {
  'a terminal': (head, tail) => `${head}\n${tail}`,
  'quoted-printable': (head, tail) => `${head}=\n${tail}`,
  'quoted-printable in a quote': (head, tail) => `> ${head}=\n${tail}`,
  'a terminal, quoted': (head, tail) => `> > ${head}\n> > ${tail}`,
  'with somebody else between': (head, tail) => `${head}\n[    9.000001] usb 1-1: new device\n${tail}`,
};
/** Programs that cut at blanks only, and may lose or add some. */
const BLANK_CUTS: Readonly<Record<string, (head: string, tail: string) => string>> = {
  'a mailer': (head, tail) => `${head}\n${tail}`,
  'a mailer that leaves the blank': (head, tail) => `${head} \n${tail}`,
  'by hand, with tabs': (head, tail) => `${head}\n\t\t\t\t${tail}`,
  'by hand, quoted': (head, tail) => `> >     ${head}\n> >                    ${tail}`,
  'quoted-printable that spells the blank': (head, tail) => `${head}=20\n${tail}`,
  'with every part stamped': (head, tail) => `[    1.000000] ${head}\n[    1.000001] ${tail}`,
};

/** The findings about one line among others. */
function found(cut: string): unknown {
  const { events, counts } = replayText(`[    0.500000] before\n${cut}\n[    2.000000] after\n[    2.100000] after\n`);
  return { unfinished: counts.malformed.unfinished, events: events.map(({ pfn, type, result: ended, source }) => ({ pfn, type, result: ended, line: source.line })) };
}

describe('a result line cut in two is one event, on the line on which it begins', () => {
  it.each(Object.entries(CUTS))('by %s, wherever it is cut', (_name, cut) => {
    fc.assert(
      fc.property(result, fc.nat(), (line, at) => {
        const whole = text(line);
        // If the cut is before its second character, the first line has nothing of it. A blank at the edge is lost, which is the other
        // case.
        const place = 2 + (at % (whole.length - 3));
        fc.pre(whole[place - 1] !== ' ' && whole[place] !== ' ');
        // A pfn or a result that is complete before the cut is taken as it is.
        fc.pre(!/: (?:Ignored|Failed|Delayed|Recovered)$/.test(whole.slice(0, place)));
        expect(found(cut(whole.slice(0, place), whole.slice(place)))).toEqual({ unfinished: 0, events: [{ ...line, line: 2 }] });
      }),
      { numRuns: runs(60) },
    );
  });

  it.each(Object.entries(BLANK_CUTS))('by %s, at any blank', (_name, cut) => {
    fc.assert(
      fc.property(result, fc.nat(), (line, which) => {
        const whole = text(line);
        const blanks = Array.from(whole.matchAll(/ /g), ({ index }) => index);
        const place = blanks[which % blanks.length] ?? 0;
        expect(found(cut(whole.slice(0, place), whole.slice(place + 1)))).toEqual({ unfinished: 0, events: [{ ...line, line: 2 }] });
      }),
      { numRuns: runs(60) },
    );
  });
});

describe('anything', () => {
  it('never crashes it, and every line is counted', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary' }),
      result.map(text),
      result.map(text).chain((line) => fc.nat(line.length).map((end) => line.slice(0, end))),
      fc.constantFrom('{"log":"', '"}', '> ', '\n', '\r\n', '=', '=\n', '[    1.0] ', '\x1b[31m', '<3>', 'MESSAGE=', '_TRANSPORT=kernel\n', 'MESSAGE\n', '\0', 'Nov 23 04:46:01 h kernel: ', 'Linux version 7.3\n',
        'Kernel panic - not syncing: x\n', 'page:0 pfn:0x1\n', 'flags: 0x1(slab', 'Unpoison: 0x1: software-unpoisoned page\n', '3,1,2,-;'),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const log = pieces.join('');
        const { counts } = replayText(log);
        expect(counts.lines).toBe(log === '' ? 0 : log.split('\n').length - (log.endsWith('\n') ? 1 : 0));
      }),
      { numRuns: runs(200) },
    );
  });
});
