import { expect, it } from 'vitest';
import { testMachine } from '../support/machine.ts';

it('lines on unpoisoning are rate-limited as 7.3 did it: ten in five seconds, and the rest counted with the next', () => {
  const { write, lines, clock } = testMachine();
  const unpoison = (): number => write('/sys/kernel/debug/hwpoison/unpoison-pfn', '0x29eb\n');
  for (let n = 0; n < 14; n += 1) expect(unpoison()).toBe(-16);
  const told = '6,Unpoison: 0x29eb: page was already unpoisoned';
  expect(lines()).toEqual(Array.from({ length: 10 }, () => told));
  clock.usec += 6_000_000;
  unpoison();
  expect(lines()).toEqual(['4,unpoison_memory: 4 callbacks suppressed', told]);
});
