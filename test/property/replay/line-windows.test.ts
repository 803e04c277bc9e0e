import fc, { runs } from '../../support/fast-check.ts';
import { describe, expect, it } from 'vitest';
import { LogReplay } from '../../../src/replay/log-replay.ts';
import { LineWindows } from '../../../src/replay/scan/line-windows.ts';
import { NEEDLES } from '../../../src/replay/scan/needles.ts';
import { chatterLine } from '../../support/chatter.mjs';

const AROUND = 40;
const needles = NEEDLES;

/** Passes a text in pieces of the given sizes, repeated as often as needed, and collects the lines. */
function windows(bytes: Uint8Array, sizes: readonly number[], matters: (text: string) => boolean): { lines: [number, string][]; counts: LineWindows['counts'] } {
  const lines: [number, string][] = [];
  const reader = new LineWindows({ matters, line: (text, number) => lines.push([number, text]) });
  for (let at = 0, n = 0; at < bytes.length; n += 1) {
    const size = sizes[n % sizes.length] ?? 1;
    reader.push(bytes.subarray(at, at + size));
    at += size;
  }
  reader.finish();
  return { lines, counts: reader.counts };
}

/** The same by a simple algorithm. */
function byTheBook(text: string, matters: (line: string) => boolean): [number, string][] {
  const all = text.split('\n');
  if (all.at(-1) === '') all.pop();
  const marked = all.map(matters);
  return all.flatMap((line, n): [number, string][] => (marked.slice(Math.max(0, n - AROUND), n + AROUND + 1).includes(true) ? [[n + 1, line]] : []));
}

const line = fc.oneof(
  { weight: 30, arbitrary: fc.string({ maxLength: 60 }).map((text) => text.replaceAll('\n', '')) },
  { weight: 1, arbitrary: fc.tuple(fc.string(), fc.constantFrom(...needles), fc.string()).map((parts) => parts.join('').replaceAll('\n', '')) },
  { weight: 2, arbitrary: fc.constant('') },
);
// Runs of dull lines between them, so that windows end and begin.
const log = fc.array(fc.oneof({ weight: 3, arbitrary: line }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 120 }).map((n) => 'dull line\n'.repeat(n)) }), { maxLength: 40 });

describe('the lines around those that matter', () => {
  it('are handed out once, in order, with their numbers, however the bytes come', () => {
    fc.assert(
      fc.property(log, fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 5 }), fc.boolean(), (parts, sizes, ends) => {
        const text = parts.join('\n') + (ends ? '\n' : '');
        // As in use: a line that matters has a needle in it, but not every line with a needle matters.
        const matters = (each: string): boolean => !each.includes('Linux version ') && needles.some((needle) => each.includes(needle));
        const bytes = new TextEncoder().encode(text);
        const { lines, counts } = windows(bytes, sizes, matters);
        expect(lines).toEqual(byTheBook(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes), matters));
        expect(counts).toMatchObject({ bytes: bytes.length, invalidUtf8: 0 });
      }),
      { numRuns: runs(300) },
    );
  });

  it('are found at every distance from the borders of what is looked at at once', () => {
    for (let before = 0; before < 70; before += 1) {
      for (const needle of needles) {
        const { lines } = windows(new TextEncoder().encode(`${'x'.repeat(before)}${needle}y\n`), [1000], () => true);
        expect(lines).toEqual([[1, `${'x'.repeat(before)}${needle}y`]]);
      }
    }
  });

  it('are found in a line without end, and behind it, whatever the pieces', () => {
    const text = `${'a'.repeat(70_000)}\nMemory failure\n${'b'.repeat(200_000)} Memory failure ${'c'.repeat(300_000)}\nlast\n`;
    const all = [[1 << 20], [4096], [65_536], [99_991]].map((sizes) => windows(new TextEncoder().encode(text), sizes, () => true));
    for (const each of all) {
      expect(each.lines).toEqual(all[0]?.lines);
      expect(each.counts).toEqual({ bytes: text.length, lines: 4, invalidUtf8: 0 });
    }
    expect(all[0]?.lines.filter(([number, part]) => number === 3 && part.includes('Memory failure'))).toHaveLength(1);
    expect(all[0]?.lines.at(-1)).toEqual([4, 'last']);
  });

  it('count lines that are not UTF-8, each once, wherever they are', () => {
    const bad = Uint8Array.from([0x61, 0xc3, 0x28, 0x0a]);
    const good = new TextEncoder().encode('gruß\nMemory failure\n');
    const bytes = Uint8Array.from([...bad, ...good, ...bad, ...good, ...bad]);
    for (const sizes of [[1], [3], [7, 2], [1000]]) expect(windows(bytes, sizes, () => true).counts.invalidUtf8).toBe(3);
  });
});

describe('a whole replay', () => {
  it('does not depend on the pieces either', () => {
    const text = Array.from({ length: 500 }, (_, n) => (n % 97 === 0 ? `[ ${n}.000000] Memory failure: 0x${n.toString(16)}: recovery action for clean LRU page: Recovered` : `[ ${n}.000000] dull`)).join('\n');
    const run = (size: number): unknown => {
      const events: unknown[] = [];
      const replay = new LogReplay({ file: 'x', crashWindow: 300, before: 0, emit: (event) => events.push(event) });
      const bytes = new TextEncoder().encode(text);
      for (let at = 0; at < bytes.length; at += size) replay.windows.push(bytes.subarray(at, at + size));
      return { counts: replay.finish(), events };
    };
    expect(run(1)).toEqual(run(1_000_000));
    expect(run(37)).toEqual(run(1_000_000));
  });
});

describe('ordinary kernel chatter', () => {
  it('gives no event, though it is full of the same words', () => {
    const events: unknown[] = [];
    const replay = new LogReplay({ file: 'x', crashWindow: 300, before: Date.UTC(2026, 11, 1), emit: (event) => events.push(event) });
    for (let n = 0; n < 200_000; n += 1000) {
      replay.windows.push(new TextEncoder().encode(Array.from({ length: 1000 }, (_, i) => chatterLine(n + i)).join('')));
    }
    expect(replay.finish()).toMatchObject({ lines: 200_000, malformed: { invalidUtf8: 0, json: 0, unfinished: 0 } });
    expect(events).toEqual([]);
  });
});
