import { openSync } from 'node:fs';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { watchDescriptors } from '../../src/daemon/descriptor-limit.ts';

beforeEach(() => { vi.useFakeTimers(); });
afterEach(() => { vi.useRealTimers(); });

it('that no file can be opened is logged once, and once when it is over; another failure is another matter', () => {
  const said: Record<string, unknown>[] = [];
  const log = pino({}, { write: (line: string) => void said.push(JSON.parse(line) as Record<string, unknown>) });
  let code: string | undefined;
  const end = watchDescriptors(log, () => {
    if (code !== undefined) throw Object.assign(new Error(code), { code });
    return openSync('/', 'r');
  });
  for (const each of [undefined, 'EACCES', 'EMFILE', 'EMFILE', undefined, 'ENFILE']) {
    code = each;
    vi.advanceTimersByTime(2000);
  }
  expect(said.map(({ level, errno, msg }) => [level, errno, String(msg).split(':')[0]])).toEqual([
    [50, 'EMFILE', 'no more files can be opened'], [30, undefined, 'files can be opened again'], [50, 'ENFILE', 'no more files can be opened'],
  ]);
  end();
  code = undefined;
  vi.advanceTimersByTime(5000);
  expect(said).toHaveLength(3);
});
