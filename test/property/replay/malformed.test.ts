import fc, { runs } from '../../support/fast-check.ts';
import { describe, expect, it } from 'vitest';
import { isoTime } from '../../../src/replay/line/time.ts';
import { replayText } from '../../../src/replay/log-replay.ts';

const TEXT = 'Memory failure: 0x40272d: recovery action for dirty LRU page: Recovered';
const GOOD = `[   14.111653] ${TEXT.replace('0x40272d', '0x9')}\n`;
const FIELDS = { __REALTIME_TIMESTAMP: '1795409161123456', _TRANSPORT: 'kernel', _HOSTNAME: 'db1', _SOURCE_REALTIME_TIMESTAMP: '1795409161123400', _SOURCE_MONOTONIC_TIMESTAMP: '14111653', SYSLOG_IDENTIFIER: 'kernel', MESSAGE: TEXT };

/** Values that no field of a journal entry should have, and some that are allowed. */
const odd = fc.oneof(
  fc.constantFrom<unknown>('9999999999999999999', '-1', '1e99', '', ' ', '0', 'NaN', '18446744073709551615', '36028797018963968', null, true, 1e300, -5, 0.5, [], [1, 2], [300], [-1], [null], ['a', 'b'], [[77, 101]], {}, { toString: 1 }, { valueOf: null }, '\u0000', '9'.repeat(400)),
  fc.jsonValue(),
);
const journal = fc.dictionary(fc.constantFrom(...Object.keys(FIELDS)), odd, { maxKeys: 4 }).map((changes) => ({ ...FIELDS, ...changes }));
const forms = journal.chain((fields) => fc.constantFrom(
  JSON.stringify(fields),
  JSON.stringify(fields, null, '\t'),
  Object.entries(fields).map(([name, value]) => `${name}=${String(typeof value === 'string' ? value : JSON.stringify(value))}`).join('\n'),
  JSON.stringify({ log: JSON.stringify(fields), time: '2026-11-23T04:46:01Z' }),
  `data: ${JSON.stringify(fields)}`,
));
const number = fc.oneof(fc.constantFrom('00', '31', '60', '61', '99', '24'), fc.integer({ min: 0, max: 99 }).map((n) => String(n).padStart(2, '0')));
const year = fc.constantFrom('0000', '0001', '0099', '1970', '2026', '9999');
const zone = fc.constantFrom('', 'Z', '+01:00', '-0100', '+99:99', '-23:59', '+24:00');
const dated = fc.tuple(year, number, number, number, number, number, zone).chain(([y, mo, d, h, mi, s, z]) => fc.constantFrom(
  `${y}-${mo}-${d}T${h}:${mi}:${s}${z} db1 kernel: ${TEXT}`,
  `<3>1 ${y}-${mo}-${d}T${h}:${mi}:${s}.5${z || 'Z'} db1 kernel - - - ${TEXT}`,
  `Feb ${d} ${h}:${mi}:${s} db1 kernel: ${TEXT}`,
  `Feb ${d} ${y} ${h}:${mi}:${s} db1 kernel: ${TEXT}`,
  `[Tue Feb ${d} ${h}:${mi}:${s} ${y}] ${TEXT}`,
  `[${'9'.repeat(Number(mo) * 5 + 1)}.000000] ${TEXT}`,
  `3,1,${'9'.repeat(Number(d) * 5 + 1)},-;${TEXT}`,
  JSON.stringify({ log: TEXT, time: `${y}-${mo}-${d}T${h}:${mi}:${s}${z}` }),
));
const mutated = fc.oneof(forms, dated).chain((text) => fc.oneof(
  { weight: 3, arbitrary: fc.constant(text) },
  { weight: 1, arbitrary: fc.tuple(fc.nat(text.length), fc.nat(12), fc.string({ unit: 'binary', maxLength: 6 })).map(([at, count, insert]) => text.slice(0, at) + insert.replace(/\n/g, '') + text.slice(at + count)) },
));

describe('whatever an input holds', () => {
  it('nothing is thrown, other failures are found, and every time can be read again', () => {
    fc.assert(
      fc.property(fc.array(mutated, { maxLength: 4 }), fc.constantFrom(0, Date.UTC(2026, 11, 1), 8.64e15, NaN), (parts, before) => {
        const { events } = replayText(`${parts.join('\n\n')}\n\n${GOOD}`, { before });
        expect(events.some(({ pfn }) => pfn === '0x9')).toBe(true);
        // The result can be kept in a summary: every number is a number, every time is a time.
        expect(JSON.parse(JSON.stringify(events))).toEqual(events);
        for (const { time, uptime } of events) {
          if (time !== null) expect(isoTime(time)).toBeDefined();
          if (uptime !== null) expect(uptime).toBeLessThan(2 ** 64 / 1e9);
        }
      }),
      { numRuns: runs(400), seed: 19 },
    );
  });
});

describe('a malformed record is counted and skipped', () => {
  const times: readonly unknown[] = ['9999999999999999999', '36028797018963968', '-1', '', 'x', null, [], {}, { toString: 1 }, true, 0.5, -1, 1e300];
  it.each(times.map((time) => ({ time })))('with the time $time', ({ time }) => {
    const record = { ...FIELDS, __REALTIME_TIMESTAMP: time };
    const { events, counts } = replayText(`${JSON.stringify(record)}\n${GOOD}`);
    expect(events.map(({ pfn }) => pfn)).toEqual(['0x9']);
    expect(counts.malformed.json).toBe(1);
  });

  it('as journalctl -o export too', () => {
    const entry = Object.entries({ ...FIELDS, __REALTIME_TIMESTAMP: '9999999999999999999' }).map(([name, value]) => `${name}=${value}\n`).join('');
    const { events, counts } = replayText(`${entry}\n${GOOD}`);
    expect(events.map(({ pfn }) => pfn)).toEqual(['0x9']);
    expect(counts.malformed.json).toBe(1);
  });

  it('but not a number for a time, a source time that is none, several values, or bytes', () => {
    const changes: readonly Record<string, unknown>[] = [
      { __REALTIME_TIMESTAMP: 1795409161123456 }, { _SOURCE_REALTIME_TIMESTAMP: '9999999999999999999' }, { _SOURCE_MONOTONIC_TIMESTAMP: {} }, { _HOSTNAME: ['db1', 'db2'] },
      { _HOSTNAME: [...Buffer.from('db1')] }, { MESSAGE: [TEXT, 'x'] }, { MESSAGE: [[...Buffer.from(TEXT)]] },
    ];
    for (const change of changes) {
      const { events, counts } = replayText(JSON.stringify({ ...FIELDS, ...change }));
      expect([change, events]).toMatchObject([change, [{ pfn: '0x40272d', host: 'db1', time: '2026-11-23T04:46:01.123Z' }]]);
      expect(counts.malformed.json).toBe(0);
    }
  });
});

describe('an impossible date is not a date', () => {
  it.each([
    '9999-99-99T99:99:99', '2026-02-30T00:00:00', '2026-02-29T00:00:00Z', '2026-01-01T24:00:00', '2026-01-01T00:60:00', '2026-01-01T00:00:61', '2026-00-01T00:00:00', '2026-01-00T00:00:00',
    '2026-01-01T00:00:00+99:99', '0000-01-01T00:00:00+01:00', '9999-12-31T23:59:59-01:00',
  ])('%s, but its line still names host and program', (date) => {
    expect(isoTime(date)).toBeUndefined();
    expect(replayText(`${date} db1 kernel: ${TEXT}\n`).events).toMatchObject([{ time: null, host: 'db1' }]);
    expect(replayText(`${date} db1 agent: ${TEXT}\n`).events).toEqual([]);
  });

  it.each([['2024-02-29T23:59:60Z', '2024-03-01T00:00:00.000Z'], ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'], ['0099-01-01T00:00:00', '0099-01-01T00:00:00.000']])('%s is one', (date, time) => {
    expect(replayText(`${date} db1 kernel: ${TEXT}\n`).events).toMatchObject([{ time, host: 'db1' }]);
  });

  it('nor is an uptime that no kernel can print', () => {
    expect(replayText(`[${'9'.repeat(400)}.000000] ${TEXT}\n`).events).toMatchObject([{ uptime: null }]);
    expect(replayText(`[18446744073.000000] ${TEXT}\n`).events).toMatchObject([{ uptime: 18446744073 }]);
  });
});
