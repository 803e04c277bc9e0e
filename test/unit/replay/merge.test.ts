import { describe, expect, it } from 'vitest';
import { replayText } from '../../../src/replay/log-replay.ts';
import { csvLine } from '../../../src/replay/report/csv.ts';
import { htmlReport } from '../../../src/replay/report/html.ts';
import { terminalReport } from '../../../src/replay/report/terminal.ts';
import { scenario } from '../../../src/replay/scenario/scenario.ts';
import { parseSummary } from '../../../src/replay/summary/parse-summary.ts';
import { joinCaptures, mergeSummaries, NO_TOTALS, summarize, type Summary } from '../../../src/replay/summary/summary.ts';
import { parseControl } from '../../../src/control/command.ts';

const BOTH = ['v4', '7.3'] as const;

/** A summary in which every possible field has a value. */
function wholeSummary(): Summary {
  const log = [
    'Nov 23 04:46:01 db1 kernel: [    0.500000] Linux version 7.3.0 (x)',
    'Nov 23 04:46:01 db1 kernel: [    1.000000] Injecting memory failure at pfn 0x1',
    'Nov 23 04:46:01 db1 kernel: [    1.000000] Memory failure: 0x1: Sending SIGBUS to a:7 due to hardware memory corruption',
    'Nov 23 04:46:01 db1 kernel: [    1.000000] Memory failure: 0x1: recovery action for dirty LRU page: Recovered',
    'Nov 23 04:46:01 db1 kernel: [    2.000000] Unpoison: 0x1: software-unpoisoned page',
    'Nov 23 04:46:02 db1 kernel: [    3.000000] BUG: unable to handle page fault',
    'Nov 23 04:46:02 db1 kernel: [    3.000000] RIP: 0010:f+0x1/0x2',
  ].join('\n');
  const { events } = replayText(log, { file: 'a', before: Date.UTC(2026, 11, 1) });
  const again = replayText(log, { file: 'b', before: Date.UTC(2026, 11, 1) }).events.map((event) => ({ ...event, trace: true as const }));
  return summarize([...events, ...again], { ...NO_TOTALS, files: 2 }, 300);
}

type Path = readonly (string | number)[];

/** Every place inside a value, except the value itself. */
function places(value: unknown, at: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) => [[...at, key], ...places(each, [...at, key])]);
}

/** A copy with another value in one place. Undefined removes it. */
function mutated(value: unknown, [key, ...rest]: Path, to: unknown): unknown {
  if (key === undefined) return to;
  const copy = (Array.isArray(value) ? [...value as unknown[]] : { ...value as object }) as Record<string, unknown>;
  copy[key] = mutated(copy[key], rest, to);
  return copy;
}

const EVIL = '0x1\nreboot\n\x1b[31m\u202E';
const WRONG: readonly unknown[] = [undefined, null, true, -1, 0.5, 1e308, '', 'x', EVIL, '9999-99-99T99:99:99', [], ['x'], {}, { x: 1 }];
const KNOWN_COMMAND = /^(?:keep-going|reboot|wait \d+|page pfn=0x[0-9a-f]+ type=[a-z-]+(?: mapped=\S+)?(?: early-kill)?(?: refs=1)?|inject pfn=0x[0-9a-f]+(?: via=\w+)?|unpoison pfn=0x[0-9a-f]+|access pfn=0x[0-9a-f]+|panic [^\n]*)$/;
const UNPRINTABLE = /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

/** The error in a changed copy of a program's summary. Undefined if there is none. */
function consequences(summary: Summary): string | undefined {
  const merged = mergeSummaries([summary, summary]);
  const { events } = joinCaptures(merged);
  const outputs = [terminalReport(merged, BOTH), htmlReport(merged, BOTH, ''), scenario(events), ...events.map(csvLine)];
  if (outputs.some((output) => UNPRINTABLE.test(output))) return 'it prints what is not printable';
  const script = scenario(events);
  if (script.split('\n').some((line) => line !== '' && !line.startsWith('#') && !KNOWN_COMMAND.test(line))) return `it makes a command of it: ${script}`;
  if (script.split('\n').filter((line) => line === 'reboot').length > events.length) return 'it reboots more often than there are events';
  return 'error' in parseControl(new TextEncoder().encode(script)) ? 'the scenario is none' : undefined;
}

describe('a summary that --merge is given', () => {
  const whole = wholeSummary();

  it('has every field in it that there can be', () => {
    const keys = new Set(whole.events.flatMap((event) => Object.keys(event)));
    expect([...keys].sort()).toEqual(['crash', 'duplicate_of', 'host', 'injected', 'kernel', 'killed', 'pfn', 'reason', 'result', 'revoked', 'source', 'time', 'trace', 'type', 'uptime', 'verdict']);
    expect(parseSummary(JSON.stringify(whole))).toEqual(whole);
    expect(consequences(whole)).toBeUndefined();
  });

  it.each(places(whole).map((path) => [path.join('.'), path] as const))('is refused in one line, or does no harm, whatever is in %s', (name, path) => {
    let refused = 0;
    for (const value of WRONG) {
      const summary = parseSummary(JSON.stringify(mutated(whole, path, value)));
      if ('bad' in summary) {
        refused += 1;
        expect(summary.bad).toMatch(/^[ -~]+: give files that --summary wrote$|^its version is .*, this program reads 1$/);
      } else {
        expect({ value, wrong: consequences(summary) }).toEqual({ value, wrong: undefined });
      }
    }
    // Fields that may be any text, or absent, accept some of these. No other field accepts any.
    expect({ name, refused: refused > 0 }).toEqual({ name, refused: true });
  });

  it.each([
    ['events.0.pfn', EVIL, 'events.0.pfn takes a page frame number such as 0x40272d: give files that --summary wrote'],
    ['events.0.killed', 'x', 'events.0.killed takes a list: give files that --summary wrote'],
    ['events.0.source.line', undefined, 'events.0.source.line is missing: give files that --summary wrote'],
    ['events.0.verdict.v4', 'perhaps', 'events.0.verdict.v4 takes would-panic, would-not or undecidable: give files that --summary wrote'],
    ['events.0.time', '2026-13-45T99:99:99', 'events.0.time takes a time such as 2026-11-23T04:46:01.000Z: give files that --summary wrote'],
    ['crashWindow', -1, 'crashWindow takes a number from 0 on: give files that --summary wrote'],
    ['events', {}, 'events takes a list: give files that --summary wrote'],
  ])('says what %s takes', (path, value, bad) => {
    expect(parseSummary(JSON.stringify(mutated(whole, path.split('.'), value)))).toEqual({ bad });
  });
});
