import { describe, expect, it } from 'vitest';
import { replayText } from '../../../src/replay/log-replay.ts';

const TEXT = 'Memory failure: 0x40272d: recovery action for dirty LRU page: Recovered';
const STAMP = '[ 2439.761866] ';
const SYSLOG = 'Nov 23 04:46:01 db1 kernel: [ 2439.761866] ';

function read(...lines: string[]): unknown {
  const { events, counts } = replayText(`${lines.join('\n')}\n`, { before: Date.UTC(2026, 11, 1) });
  expect(counts.malformed).toEqual({ invalidUtf8: 0, json: 0, unfinished: 0 });
  return events.map(({ uptime, time, host, source }) => ({ uptime, time, host, line: source.line }));
}

describe('a time stamp that is cut is read, by', () => {
  it.each<readonly [string, ...string[]]>([
    ['quoted-printable after the bracket, which spells the blank', '[=20', `2439.761866] ${TEXT}`],
    ['quoted-printable with a blank on the next line', '[=', ` 2439.761866] ${TEXT}`],
    ['quoted-printable within the number', '[ 2439.76=', `1866] ${TEXT}`],
    ['quoted-printable before the closing bracket', '[ 2439.761866=', `] ${TEXT}`],
    ['quoted-printable after the stamp', '[ 2439.761866]=20', TEXT],
    ['quoted-printable in a quote', '> > [=20', `> > 2439.761866] ${TEXT}`],
    ['quoted-printable twice', '[=20', '2439.=', `761866] ${TEXT}`],
    ['quoted-printable in the text as well', '[=20', '2439.761866] Memory failure: 0x40272d: recovery action for=', ' dirty LRU page: Recovered'],
    ['flowed text', '[ ', `2439.761866] ${TEXT}`],
    ['a terminal', '[', `2439.761866] ${TEXT}`],
    ['a terminal within the number', '[ 2439.', `761866] ${TEXT}`],
    ['a mailer, quoted', '> [', `> 2439.761866] ${TEXT}`],
    ['a mailer, with a caller', '[', `2439.761866][  T668] ${TEXT}`],
    ['carriage returns too', '[=20\r', `2439.761866] ${TEXT}\r`],
    ['nothing, but its blanks are spelt', `[=202439.761866] ${TEXT}`],
  ])('%s', (_how, ...lines) => {
    const line = 1 + lines.findIndex((each) => each.includes('Memory failure'));
    expect(read(...lines)).toEqual([{ uptime: 2439.761866, time: null, host: null, line }]);
    expect(read('[ 2439.761860] before', ...lines, '[ 2440.000000] after')).toMatchObject([{ uptime: 2439.761866, line: line + 1 }]);
  });

  it('a mailer, at any place of a dmesg line and of a syslog line', () => {
    for (const [stamp, expected] of [[STAMP, { uptime: 2439.761866, time: null, host: null }], [SYSLOG, { uptime: 2439.761866, time: '2026-11-23T04:46:01.000', host: 'db1' }]] as const) {
      for (let at = 1; at < stamp.length; at += 1) {
        const [head, tail] = [stamp.slice(0, at), stamp.slice(at) + TEXT];
        expect([head, read(`${head}=`, tail)]).toMatchObject([head, [expected]]);
        if (stamp[at - 1] !== ' ' && stamp[at] !== ' ') expect([head, read(head, tail)]).toMatchObject([head, [expected]]);
      }
    }
  });
});

describe('a stamp is not taken from', () => {
  it.each<readonly [string, ...string[]]>([
    ['a line with a text of its own', '[ 2439.761866] usb 1-1: new device', TEXT],
    ['a line further up', '[ 2439.761866]', 'usb 1-1: new device', TEXT],
    ['a bracket that is none', '[x', `2439.761866] ${TEXT}`],
  ])('%s', (_whose, ...lines) => {
    expect(read(...lines)).toMatchObject([{ uptime: null }]);
  });

  it('the line before it, if it has its own', () => {
    expect(read('[ 1.000000]', `${STAMP}${TEXT}`)).toMatchObject([{ uptime: 2439.761866 }]);
  });

  it('a line before one of the trace buffer, which begins with a task of any name', () => {
    const traced = 'kworker/0:1-123     [001] d..1. 12.345678: memory_failure_event: pfn=0x1 page_type=dirty LRU page action_result=Recovered';
    expect(read('[Mon Nov 23 04:46:01 2026] usb 1-1: new device found', traced)).toMatchObject([{ uptime: 12.345678, time: null }]);
  });

  it('a line of another program', () => {
    expect(read('Nov 23 04:46:01 db1 agent[7]:', TEXT)).toEqual([]);
  });
});
