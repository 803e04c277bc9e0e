import { describe, expect, it } from 'vitest';
import { replayText } from '../../../src/replay/log-replay.ts';

const TEXT = 'Memory failure: 0x40272d: recovery action for dirty LRU page: Recovered';
/** A time after all lines: the logs are of the year before. */
const BEFORE = Date.UTC(2026, 1, 1);

const EXPORT = [
  '__CURSOR=s=1;i=2', '__REALTIME_TIMESTAMP=1795409161123456', '__MONOTONIC_TIMESTAMP=99', '_BOOT_ID=0f', '_TRANSPORT=kernel', 'PRIORITY=3',
  'SYSLOG_IDENTIFIER=kernel', `MESSAGE=${TEXT}`, '_HOSTNAME=db1', '_SOURCE_MONOTONIC_TIMESTAMP=14111653', '',
];
const FIELDS = { __REALTIME_TIMESTAMP: '1795409161123456', _TRANSPORT: 'kernel', _HOSTNAME: 'db1', _SOURCE_MONOTONIC_TIMESTAMP: '14111653' };
const NOV_23 = '2026-11-23T04:46:01';

/** A format of logs, a log in it with one memory failure, and what must be found: time, uptime, host, line. */
const FORMATS: readonly (readonly [name: string, log: string | Uint8Array, time: string | null, uptime: number | null, host: string | null, line: number])[] = [
  ['plain', TEXT, null, null, null, 1],
  ['dmesg', `[   14.111653] ${TEXT}`, null, 14.111653, null, 1],
  ['dmesg with callers', `[   14.111653][T54990] ${TEXT}`, null, 14.111653, null, 1],
  ['dmesg with padded callers', `[   14.111653] [ T593001] ${TEXT}`, null, 14.111653, null, 1],
  ['dmesg -T', `[Mon Nov 23 04:46:01 2026] ${TEXT}`, `${NOV_23}.000`, null, null, 1],
  ['dmesg -T with a day of one digit', `[Tue Nov  3 04:46:01 2026] ${TEXT}`, '2026-11-03T04:46:01.000', null, null, 1],
  ['dmesg --time-format iso', `${NOV_23},123456+01:00 ${TEXT}`, '2026-11-23T03:46:01.123Z', null, null, 1],
  ['dmesg -x', `kern  :err   : [   14.111653] ${TEXT}`, null, 14.111653, null, 1],
  ['dmesg -r', `<3>[   14.111653] ${TEXT}`, null, 14.111653, null, 1],
  ['dmesg -d', `[   14.111653 <    0.000084>] ${TEXT}`, null, 14.111653, null, 1],
  ['dmesg -e', `[Nov23 04:46] ${TEXT}`, null, null, null, 1],
  ['/dev/kmsg', `3,443,14111653,-;${TEXT}\n SUBSYSTEM=memory`, null, 14.111653, null, 1],
  ['/dev/kmsg with a caller', `3,443,14111653,-,caller=T1;${TEXT}`, null, 14.111653, null, 1],
  ['syslog', `Nov 23 04:46:01 db1 kernel: [   14.111653] ${TEXT}`, '2025-11-23T04:46:01.000', 14.111653, 'db1', 1],
  ['syslog of January', `Jan  3 04:46:01 db1 kernel: [   14.111653] ${TEXT}`, '2026-01-03T04:46:01.000', 14.111653, 'db1', 1],
  ['syslog with a priority', `<3>Nov 23 04:46:01 db1 kernel: ${TEXT}`, '2025-11-23T04:46:01.000', null, 'db1', 1],
  ['syslog with a year', `Nov 23 2024 04:46:01 db1 kernel: ${TEXT}`, '2024-11-23T04:46:01.000', null, 'db1', 1],
  ['journalctl -o short', `Nov 23 04:46:01 db1 kernel: ${TEXT}`, '2025-11-23T04:46:01.000', null, 'db1', 1],
  ['journalctl -o short-precise', `Nov 23 04:46:01.123456 db1 kernel: ${TEXT}`, '2025-11-23T04:46:01.123', null, 'db1', 1],
  ['journalctl -o short-iso', `${NOV_23}+0100 db1 kernel: ${TEXT}`, '2026-11-23T03:46:01.000Z', null, 'db1', 1],
  ['journalctl -o short-iso-precise', `${NOV_23}.123456+01:00 db1 kernel: ${TEXT}`, '2026-11-23T03:46:01.123Z', null, 'db1', 1],
  ['journalctl -o short-full', `Mon 2026-11-23 04:46:01 UTC db1 kernel: ${TEXT}`, `${NOV_23}.000Z`, null, 'db1', 1],
  ['journalctl -o short-full elsewhere', `Mon 2026-11-23 04:46:01 CET db1 kernel: ${TEXT}`, `${NOV_23}.000`, null, 'db1', 1],
  ['journalctl -o short-monotonic', `[   14.111653] db1 kernel: ${TEXT}`, null, 14.111653, 'db1', 1],
  ['journalctl -o short-unix', `1795409161.123456 db1 kernel: ${TEXT}`, '2026-11-23T04:46:01.123Z', null, 'db1', 1],
  ['journalctl -o json', JSON.stringify({ ...FIELDS, MESSAGE: TEXT }), '2026-11-23T04:46:01.123Z', 14.111653, 'db1', 1],
  ['journalctl -o json of bytes', JSON.stringify({ ...FIELDS, MESSAGE: [...Buffer.from(TEXT), 0xff] }), '2026-11-23T04:46:01.123Z', 14.111653, 'db1', 1],
  ['journalctl -o json-sse', `data: ${JSON.stringify({ ...FIELDS, MESSAGE: TEXT })}\n\n`, '2026-11-23T04:46:01.123Z', 14.111653, 'db1', 1],
  ['journalctl -o json-seq', `\x1e${JSON.stringify({ ...FIELDS, MESSAGE: TEXT })}`, '2026-11-23T04:46:01.123Z', 14.111653, 'db1', 1],
  ['journalctl -o json-pretty', JSON.stringify({ ...FIELDS, MESSAGE: TEXT }, null, '\t'), '2026-11-23T04:46:01.123Z', 14.111653, 'db1', 6],
  ['journalctl -o export', EXPORT.join('\n'), '2026-11-23T04:46:01.123Z', 14.111653, 'db1', 8],
  [
    'journalctl -o export of bytes',
    EXPORT.join('\n').replace(`MESSAGE=${TEXT}`, `MESSAGE\n${String.fromCharCode(TEXT.length)}\0\0\0\0\0\0\0${TEXT}`),
    '2026-11-23T04:46:01.123Z', 14.111653, 'db1', 8,
  ],
  [
    'journalctl -o verbose',
    ['Mon 2026-11-23 04:46:01.123456 UTC [s=0a;i=1;b=2;m=3;t=4;x=5]', '    _HOSTNAME=db1', '    _TRANSPORT=kernel', `    MESSAGE=${TEXT}`].join('\n'),
    '2026-11-23T04:46:01.123Z', null, 'db1', 4,
  ],
  ['RSYSLOG_FileFormat', `${NOV_23}.123456+01:00 db1 kernel: [   14.111653] ${TEXT}`, '2026-11-23T03:46:01.123Z', 14.111653, 'db1', 1],
  ['RFC 5424', `<3>1 ${NOV_23}.123456Z db1 kernel - - - [   14.111653] ${TEXT}`, '2026-11-23T04:46:01.123Z', 14.111653, 'db1', 1],
  ['RFC 5424 with data', `<3>1 ${NOV_23}Z db1 kernel 1 ID [a@1 b="c]\\]"][d] \uFEFF${TEXT}`, '2026-11-23T04:46:01.000Z', null, 'db1', 1],
  ['docker', `${JSON.stringify({ log: `[   14.111653] ${TEXT}\n`, stream: 'stdout', time: `${NOV_23}.123456789Z` })}`, '2026-11-23T04:46:01.123Z', 14.111653, null, 1],
  ['a syslog line in docker\'s JSON', JSON.stringify({ log: `Nov 23 04:46:01 db1 kernel: ${TEXT}\n`, time: `${NOV_23}Z` }), `${NOV_23}.000Z`, null, 'db1', 1],
  ['CRI', `${NOV_23}.123456789+00:00 stdout F [   14.111653] ${TEXT}`, '2026-11-23T04:46:01.123Z', 14.111653, null, 1],
  ['docker logs -t', `${NOV_23}.123456789Z [   14.111653] ${TEXT}`, '2026-11-23T04:46:01.123Z', 14.111653, null, 1],
  ['ftrace', `  mce-inject-13150 [001] ....   277.019359: memory_failure_event: pfn 0x40272d: recovery action for dirty LRU page: Recovered`, null, 277.019359, null, 1],
  ['CRLF', `[   14.111653] x\r\n[   14.111653] ${TEXT}\r\n`, null, 14.111653, null, 2],
  ['colours', `\x1b[32m[   14.111653] \x1b[0m\x1b[33mMemory failure: \x1b[0m\x1b[31m0x40272d: recovery action for dirty LRU page: Recovered\x1b[0m`, null, 14.111653, null, 1],
  ['colours that a pager spelt out', `^[[32m[   14.111653] ^[[0m${TEXT}^[[K`, null, 14.111653, null, 1],
  ['a byte order mark', `\uFEFF[   14.111653] ${TEXT}`, null, 14.111653, null, 1],
  ['bytes that are not UTF-8', Buffer.concat([Buffer.from([0xc3, 0x28, 0x0a, 0xff]), Buffer.from(TEXT), Buffer.from([0x80])]), null, null, null, 2],
  ['a file that ends amid a line', `[   14.111653] ${TEXT}\n[   14.2`, null, 14.111653, null, 1],
  ['mail quotes', `> >> > [   14.111653] ${TEXT}`, null, 14.111653, null, 1],
  ['a comment in a source', ` * [   14.111653] ${TEXT}`, null, null, null, 1],
];

describe('a log is understood by itself, kept as', () => {
  it.each(FORMATS)('%s', (_name, log, time, uptime, host, line) => {
    const text = typeof log === 'string' ? log : new TextDecoder('latin1').decode(log);
    const { events, counts } = replayText(text, { before: BEFORE });
    expect(events).toMatchObject([{ pfn: '0x40272d', type: 'dirty LRU page', result: 'Recovered', time, uptime, host, source: { file: '-', line } }]);
    expect(counts.malformed.unfinished).toBe(0);
    expect(counts.malformed.json).toBe(0);
  });
});

describe('lines of other programs are hearsay', () => {
  it.each([
    `Nov 23 04:46:01 db1 node-problem-detector[812]: ${TEXT}`,
    `${NOV_23}Z db1 sudo[1]: root : COMMAND=/usr/bin/logger ${TEXT}`,
    JSON.stringify({ ...FIELDS, _TRANSPORT: 'stdout', SYSLOG_IDENTIFIER: 'agent', MESSAGE: TEXT }),
    EXPORT.join('\n').replace('_TRANSPORT=kernel', '_TRANSPORT=syslog').replace('SYSLOG_IDENTIFIER=kernel', 'SYSLOG_IDENTIFIER=agent'),
    `<3>1 ${NOV_23}Z db1 agent - - - ${TEXT}`,
  ])('%s', (line) => {
    expect(replayText(line).events).toEqual([]);
  });
});

describe('lines that look like results and are none', () => {
  it.each([
    'Memory failure: 0x80067800: recovery action for huge page: Sending SIGBUS',
    'Memory failure: 0xXXXXXXXX: recovery action for dirty LRU page: None',
    'pr_err("Memory failure: %#lx: recovery action for %s: %s\\n", pfn, type, result);',
    'Memory failure: 0x40272d: unhandlable page.',
    'Memory failure: 0x40272d: already hardware poisoned',
    'Memory failure: 0x40272d: huge page still referenced by 511 users',
    'Kernel panic - not syncing: Memory failure: 0x2: unrecoverable page',
    'Kernel panic - not syncing: Memory failure on page 1024d6',
    'MCE: Memory failure is now running on 0x40272d',
    'soft offline: 0x150000 page already poisoned',
    'EXT4-fs (sda1): recovery complete',
    'Memory failure: 0x40272d: recovery action for dirty LRU page: Recover',
    'memory: recovery: Failed',
  ])('%s', (line) => {
    expect(replayText(`[   14.111653] ${line}\n`).events).toEqual([]);
    expect(replayText(`${line}\nRestart=always\n`).events).toEqual([]);
  });
});

describe('what is malformed is counted', () => {
  it('counts, and finds what is there all the same', () => {
    const replay = replayText(['{"log": "Memory failure: 0x1: recovery action for', `[ 1.0] ${TEXT}`, 'Memory failure: 0x2: recovery action for huge', '[ 2.0] b', '[ 3.0] c', '[ 4.0] d', ''].join('\n'));
    expect(replay.events).toHaveLength(1);
    expect(replay.counts).toMatchObject({ lines: 6, malformed: { json: 1, unfinished: 2, invalidUtf8: 0 } });
  });
});
