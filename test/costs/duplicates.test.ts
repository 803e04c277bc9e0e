import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import type { ReplayEvent } from '../../src/replay/history/event.ts';
import { Duplicates } from '../../src/replay/summary/duplicates.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/**
 * One page that fails again and again: at two series of times, every third time in the first second, every second time in the trace buffer.
 */
function failure(n: number): ReplayEvent {
  return {
    host: 'a', uptime: n % 2 === 0 ? n * 10 : n * 10 - 5, time: new Date(n % 3 === 0 ? 1000 : n * 1000).toISOString(), source: { file: 'x', line: n + 1 }, kernel: null,
    pfn: '0x1', type: 'unknown page', result: 'Ignored', verdict: {}, reason: '', killed: [], crash: null, ...(n % 2 === 1 && { trace: true }),
  };
}

it('duplicates of one page that fails a hundred thousand times are found in linear time and bounded memory', () => {
  const duplicates = new Duplicates(1000);
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  const begun = process.cpuUsage();
  for (let n = 0; n < 100_000; n += 1) duplicates.mark(failure(n));
  const { user } = process.cpuUsage(begun);
  collectGarbage();
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(20e6);
  // If each were compared with all before it, that would be 5 * 10^9 comparisons.
  expect(user / 1000).toBeLessThan(5000);
  expect(duplicates.mark(failure(99_999)).duplicate_of).toBeDefined();
});
