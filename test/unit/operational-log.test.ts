import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { operationalLog } from '../../src/daemon/operational-log.ts';

/** The lines that a log writes. */
function linesOf(use: (log: ReturnType<typeof operationalLog>) => void, verbose = false): unknown[] {
  const directory = mkdtempSync(join(tmpdir(), 'operational-log-'));
  try {
    const path = join(directory, 'log');
    use(operationalLog(verbose, 'info', openSync(path, 'w')));
    return readFileSync(path, 'utf8').split('\n').slice(0, -1).map((line) => JSON.parse(line) as unknown);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** The lines that pino writes. */
function linesOfPino(use: (log: ReturnType<typeof operationalLog>) => void): unknown[] {
  const lines: unknown[] = [];
  use(pino({ name: 'vmsysctld' }, { write: (line: string) => void lines.push(JSON.parse(line)) }));
  return lines;
}

/** Lines without their time. */
const timeless = (lines: readonly unknown[]): unknown[] => lines.map((line) => ({ ...line as object, time: 0 }));

const plain = new RangeError('plain');
const system = Object.assign(new Error('ENOENT: no such file', { cause: new TypeError('the cause') }), { code: 'ENOENT', errno: -2, path: '/there' });

it('writes the lines that pino would write', () => {
  const use = (log: ReturnType<typeof operationalLog>): void => {
    log.info('text');
    log.warn({ number: 1, not: NaN, yes: true, none: undefined, nothing: null, list: [1, 'two'], text: 'a "quote"\n' }, 'fields');
    log.error({ err: system }, 'an error');
    log.error({ err: 'not an error' }, 'thrown text');
    log.fatal({ err: plain }, 'the end');
    log.debug('not written');
  };
  const lines = linesOf(use);
  expect(lines).toHaveLength(5);
  expect(lines[0]).toEqual({ level: 30, time: expect.closeTo(Date.now(), -4) as number, pid: process.pid, hostname: expect.any(String) as string, name: 'vmsysctld', msg: 'text' });
  expect(timeless(lines)).toEqual(timeless(linesOfPino(use)));
});

it('writes what refers to itself', () => {
  const round: Record<string, unknown> = {};
  round['itself'] = round;
  const error = new Error('first');
  error.cause = Object.assign(new Error('second', { cause: error }), { round });
  expect(linesOf((log) => { log.error({ round, err: error }, 'round'); })).toMatchObject([{ round: '[object Object]', err: { message: 'first: second' }, msg: 'round' }]);
});

it('has a level that can change', () => {
  expect(linesOf((log) => {
    log.debug({ n: 1 }, 'written');
    log.level = 'error';
    log.warn({ n: 2 }, 'not written');
    log.error({ n: 3 }, 'written');
  }, true)).toMatchObject([{ level: 20, n: 1 }, { level: 50, n: 3 }]);
});

it('fails for nobody if the file takes nothing', () => {
  expect(() => { operationalLog(false, 'info', openSync('/dev/full', 'w')).info('lost'); }).not.toThrow();
});
