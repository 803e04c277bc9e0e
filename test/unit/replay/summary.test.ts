import { describe, expect, it } from 'vitest';
import { parseWhen, wanted } from '../../../src/replay/filter.ts';
import { hostFromPath } from '../../../src/cli/commands/replay/run-replay.ts';
import { replayText } from '../../../src/replay/log-replay.ts';
import { CSV_HEAD, csvLine } from '../../../src/replay/report/csv.ts';
import { grouped, many, shortSize } from '../../../src/replay/report/words.ts';
import { Duplicates } from '../../../src/replay/summary/duplicates.ts';
import { parseSummary } from '../../../src/replay/summary/parse-summary.ts';

const RESULT = 'Memory failure: 0x40272d: recovery action for dirty LRU page: Recovered';
const AGAIN = 'Memory failure: 0x40272d: recovery action for already poisoned page: Failed';

/** Which of the lines repeat an earlier one. Each is a file of its own unless they share one. */
function repeated(files: readonly (readonly string[])[]): boolean[] {
  const duplicates = new Duplicates();
  const events = files.flatMap((lines, n) => replayText(lines.join('\n'), { file: `log.${n}`, before: Date.UTC(2026, 11, 1) }).events);
  return events.map((event) => duplicates.mark(event).duplicate_of !== undefined);
}

describe('captures of one failure', () => {
  it.each<readonly [string, readonly (readonly string[])[], readonly boolean[]]>([
    ['syslog and dmesg, by the time stamp', [[`Nov 23 04:46:01 db1 kernel: [    1.500000] ${RESULT}`], [`[    1.500000] ${RESULT}`]], [false, true]],
    ['two that know no host', [[`[    1.500000] ${RESULT}`], [`[    1.500000] ${RESULT}`]], [false, true]],
    ['twice in one file', [[`[    1.500000] ${RESULT}`, `> [    1.500000] ${RESULT}`]], [false, true]],
    ['two hosts', [[`Nov 23 04:46:01 db1 kernel: [    1.500000] ${RESULT}`], [`Nov 23 04:46:01 db2 kernel: [    1.500000] ${RESULT}`]], [false, false]],
    ['a host with and without its domain', [[`Nov 23 04:46:01 db1 kernel: [    1.500000] ${RESULT}`], [`Nov 23 04:46:01 db1.example.com kernel: [    1.500000] ${RESULT}`]], [false, true]],
    ['another time', [[`[    1.500000] ${RESULT}`], [`[    1.500001] ${RESULT}`]], [false, false]],
    ['syslog and the journal, by the second', [[`Nov 23 04:46:01 db1 kernel: [    1.500000] ${RESULT}`], [`Nov 23 04:46:01 db1 kernel: ${RESULT}`]], [false, true]],
    ['the journal twice within a second is two', [[`Nov 23 04:46:01 db1 kernel: ${AGAIN}`, `Nov 23 04:46:01 db1 kernel: ${AGAIN}`]], [false, false]],
    ['without any time both count', [[RESULT], [RESULT]], [false, false]],
    ['the trace buffer', [[`[    1.500000] ${RESULT}`, `  x-1 [001] ....     1.500350: memory_failure_event: pfn 0x40272d: recovery action for dirty LRU page: Recovered`]], [false, true]],
    ['the trace buffer of another time', [[`[    1.500000] ${RESULT}`, `  x-1 [001] ....     9.500350: memory_failure_event: pfn 0x40272d: recovery action for dirty LRU page: Recovered`]], [false, false]],
  ])('%s', (_name, files, expected) => {
    expect(repeated(files)).toEqual(expected);
  });
});

describe('the host of a path', () => {
  it.each([
    ['logs/db1/kern.log', 'db1'], ['logs/db1/kern.log.2.gz', 'db1'], ['logs/db1.log', 'db1'], ['db1-20261123.log.xz', 'db1'], ['/srv/db1/var/log/messages-20261123', 'db1'],
    ['db1.example.com.log', 'db1.example.com'], ['/var/crash/db1/vmcore-dmesg.txt', 'db1'], ['web-3/dmesg.0', 'web-3'], ['-', undefined], ['kern.log', undefined], ['/var/log/syslog.1', undefined],
  ])('%s is %s', (path, host) => {
    expect(hostFromPath(path)).toBe(host);
  });
});

describe('--since and --until', () => {
  it.each([
    ['2026-11-23', Date.UTC(2026, 10, 23)], ['2026-11-23 04:46', Date.UTC(2026, 10, 23, 4, 46)], ['2026-11-23T04:46:01Z', Date.UTC(2026, 10, 23, 4, 46, 1)],
    ['2026-11-23T04:46:01+01:00', Date.UTC(2026, 10, 23, 3, 46, 1)], ['2026-02-31', undefined], ['yesterday', undefined], ['2026-11-23T04:46 x', undefined], ['2026-13-01', undefined],
  ])('%s', (text, ms) => {
    expect(parseWhen(text)).toBe(ms);
  });

  it('leave out what is outside, and what has no date', () => {
    const [inside, undated] = replayText(`Nov 23 04:46:01 db1 kernel: ${RESULT}\n[    9.000000] ${RESULT}\n`, { before: Date.UTC(2026, 11, 1) }).events;
    if (!inside || !undated) throw new Error('two events');
    const at = Date.UTC(2026, 10, 23, 4, 46, 1);
    expect(wanted(inside, { since: at, until: at })).toBe(true);
    expect(wanted(inside, { since: at + 1 })).toBe(false);
    expect(wanted(inside, { until: at - 1 })).toBe(false);
    expect(wanted(undated, { since: 0 })).toBe(false);
    expect(wanted(undated, {})).toBe(true);
    expect(wanted(inside, { host: /^db/ })).toBe(true);
    expect(wanted(undated, { host: /./ })).toBe(false);
  });
});

describe('CSV', () => {
  it('has a field for each column, whatever a log says, and no formula', () => {
    const [event] = replayText(`Memory failure: 0x1: Killing =cmd|"a,b":7 due to hardware memory corruption\n${RESULT.replace('0x40272d', '0x1')}\n`).events;
    if (!event) throw new Error('an event');
    const line = csvLine(event);
    expect(line).toContain(`"'=cmd|""a,b"":7"`);
    const fields = line.match(/("(?:[^"]|"")*"|[^",]*)(?:,|$)/g) ?? [];
    expect(fields.filter((field, n) => field !== '' || n < fields.length - 1)).toHaveLength(CSV_HEAD.split(',').length);
  });
});

describe('what is not a summary', () => {
  it.each([
    ['', /not JSON/], ['{}', /it is not a summary/], ['{"version":1,"crashWindow":300,"totals":{},"events":[]}', /^totals\.files is missing: give files that --summary wrote$/], ['[]', /it is not a summary/], ['null', /it is not a summary/],
  ])('%j is refused', (text, why) => {
    expect(parseSummary(text)).toEqual({ bad: expect.stringMatching(why) as string });
  });

  it('is one of another version, or with a bad event', () => {
    const good = { version: 1, crashWindow: 300, totals: { files: 1, bytes: 1, lines: 1, leftOut: 0, malformed: { invalidUtf8: 0, json: 0, unfinished: 0, truncated: 0 }, unreadable: 0 }, events: [] };
    expect(parseSummary(JSON.stringify(good))).toEqual(good);
    expect(parseSummary(JSON.stringify({ ...good, version: 2 }))).toHaveProperty('bad');
    expect(parseSummary(JSON.stringify({ ...good, events: [{ pfn: 1 }] }))).toHaveProperty('bad');
  });
});

describe('words', () => {
  it('are as people write them', () => {
    expect([grouped(0), grouped(999), grouped(1000), grouped(1234567)]).toEqual(['0', '999', '1,000', '1,234,567']);
    expect([many(1, 'file'), many(2, 'file')]).toEqual(['1 file', '2 files']);
    expect([shortSize(0), shortSize(999), shortSize(1000), shortSize(1_500_000), shortSize(2e13)]).toEqual(['0 bytes', '999 bytes', '1.0 kB', '1.5 MB', '20.0 TB']);
  });
});
