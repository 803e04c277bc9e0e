import fc, { runs } from '../support/fast-check.ts';
import { expect, it } from 'vitest';
import type { PrintkRecord } from '../../src/kernel/effect.ts';
import { PrintkRingBuffer } from '../../src/kernel/printk/ring-buffer.ts';

const record = (sequence: number, length: number): PrintkRecord => ({ level: 6, sequence, usec: 0, clockUsec: 0, text: 'x'.repeat(length) });
const space = ({ text }: PrintkRecord): number => 8 + Math.ceil(text.length / 8) * 8;

it('the log buffer holds the last records, as many as there is room for, and the last unfinished one only for the next', () => {
  const lines = fc.array(fc.record({ length: fc.nat(1023), finished: fc.boolean(), times: fc.integer({ min: 1, max: 300 }) }), { maxLength: 40 });
  fc.assert(fc.property(lines, (given) => {
    const ring = new PrintkRingBuffer();
    const all: PrintkRecord[] = [];
    for (const { length, finished, times } of given) {
      for (let n = 0; n < times; n += 1) {
        expect(ring.end).toBe(all.length);
        all.push(record(all.length, length));
        ring.add(record(all.length - 1, length), finished);
      }
      const readable = finished ? all.length : all.length - 1;
      expect(ring.next).toBe(readable);
      const kept = all.slice(ring.first);
      expect(kept.length).toBeLessThanOrEqual(4096);
      const used = kept.reduce((sum, each) => sum + space(each), 0);
      expect(used).toBeLessThanOrEqual(2 ** 17);
      // One more would be too many.
      const dropped = all[ring.first - 1];
      if (dropped !== undefined) expect(kept.length === 4096 || used + space(dropped) > 2 ** 17).toBe(true);
      for (const sequence of [0, ring.first, Math.floor((ring.first + readable) / 2), readable - 1]) {
        const at = Math.max(sequence, ring.first);
        expect(ring.from(sequence)?.sequence).toBe(at < readable ? at : undefined);
      }
      expect(ring.from(readable)).toBeUndefined();
    }
  }), { numRuns: runs(60) });
});

it('short records are bound by their number', () => {
  const ring = new PrintkRingBuffer();
  for (let n = 0; n < 10_000; n += 1) ring.add(record(n, 1), true);
  expect([ring.first, ring.next, ring.from(0)?.sequence]).toEqual([10_000 - 4096, 10_000, 10_000 - 4096]);
});
