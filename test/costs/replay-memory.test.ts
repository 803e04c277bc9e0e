import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { LogReplay } from '../../src/replay/log-replay.ts';
import { chatterLine, failureLine } from '../support/chatter.mjs';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const LINES = 10_000;

it('a log takes as much memory after 200 MB as after 20 MB, besides garbage', () => {
  const block = new TextEncoder().encode(Array.from({ length: LINES }, (_, n) => (n % 5000 === 0 ? failureLine(n) : chatterLine(n))).join(''));
  let events = 0;
  const replay = new LogReplay({ file: 'x', crashWindow: 300, before: Date.UTC(2026, 11, 1), emit: () => { events += 1; } });
  const usedAfter = (bytes: number): number => {
    while (replay.windows.counts.bytes < bytes) replay.windows.push(block);
    collectGarbage();
    return process.memoryUsage().heapUsed;
  };
  const before = usedAfter(20e6);
  expect(usedAfter(200e6) - before).toBeLessThan(1e6);
  replay.finish();
  expect(events).toBeGreaterThan(200);
});
