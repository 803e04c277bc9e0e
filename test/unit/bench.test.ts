// How the bench evaluates its measurements. No test checks how fast anything is.
import { describe, expect, it } from 'vitest';
import { inTurns, ratios, spread } from '../bench/statistics.mjs';
import { figure, markdown, withQuartiles } from '../bench/table.mjs';

describe('the bench', () => {
  it.each([
    [[3], { median: 3, low: 3, high: 3, count: 1 }],
    [[4, 1, 3, 2], { median: 2.5, low: 1.75, high: 3.25, count: 4 }],
    [[100, 9, 10, 8, 11], { median: 10, low: 9, high: 11, count: 5 }],
    [[], undefined],
  ])('has the median and the quartiles of %j', (numbers, expected) => {
    expect(spread(numbers)).toEqual(expected);
  });

  it('compares what was measured in the same round', () => {
    // A machine that becomes ten times slower in the middle changes no ratio.
    expect(ratios([90, 9, 9], [100, 10, 10])).toEqual({ median: 0.9, low: 0.9, high: 0.9, count: 3 });
  });

  it('lets each thing be first in its turn', async () => {
    const order: string[] = [];
    const results = await inTurns(['a', 'b', 'c'], 3, async (thing, round) => {
      order.push(thing);
      return round;
    });
    expect(order.join('')).toBe('abcbcacab');
    expect([...results]).toEqual([['a', [0, 1, 2]], ['b', [0, 1, 2]], ['c', [0, 1, 2]]]);
  });

  it.each([[undefined, ''], [0, '0.00'], [0.00423, '0.0042'], [0.914, '0.91'], [12.34, '12.3'], [118_673, '119,000'], [-3.21, '-3.21']])(
    'shows %s as %j', (value, text) => {
      expect(figure(value)).toBe(text);
    },
  );

  it('makes one table of it', () => {
    expect(markdown([['', 'unit'], ['pread', withQuartiles({ median: 0.9, low: 0.85, high: 1 })]]).split('\n')).toEqual([
      '|       | unit                |',
      '| ---   | ---                 |',
      '| pread | 0.90 (0.85 to 1.00) |',
    ]);
  });
});
