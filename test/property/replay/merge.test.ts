import fc, { runs } from '../../support/fast-check.ts';
import { describe, expect, it } from 'vitest';
import { counts, type ReplayEvent } from '../../../src/replay/history/event.ts';
import { replayText } from '../../../src/replay/log-replay.ts';
import { htmlReport } from '../../../src/replay/report/html.ts';
import { terminalReport } from '../../../src/replay/report/terminal.ts';
import { parseSummary } from '../../../src/replay/summary/parse-summary.ts';
import { addTotals, joinCaptures, mergeSummaries, NO_TOTALS, summarize, type Summary } from '../../../src/replay/summary/summary.ts';

/** Few different values of each, so that captures of one failure, boots and revocations occur often. */
const pfn = fc.constantFrom('0x1', '0x2', '0x40272d');
const kernelLine = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(pfn, fc.constantFrom('get hwpoison page: Ignored', 'reserved kernel page: Ignored', 'unknown page: Ignored', 'dirty LRU page: Recovered'))
    .map(([page, rest]) => `Memory failure: ${page}: recovery action for ${rest}`) },
  pfn.map((page) => `Memory failure: ${page}: unhandlable page.`),
  pfn.map((page) => `Memory failure: ${page}: Sending SIGBUS to a:7 due to hardware memory corruption`),
  pfn.map((page) => `Unpoison: ${page}: software-unpoisoned page`),
  fc.constantFrom('flags: 0x1(reserved|hwpoison)', 'page dumped because: hwpoison: unhandlable page', 'Kernel panic - not syncing: x', 'Linux version 6.16.1 (x)', 'Linux version 7.3 (x)', 'dull', '{"log": "'),
);
const stamp = fc.constantFrom('', '[    1.000000] ', '[    2.000000] ', '[  100.000000] ');
const syslog = fc.constantFrom('', 'Nov 23 04:46:01 db1 kernel: ', 'Nov 23 04:46:02 db2.example.com kernel: ', 'Nov 23 04:46:01 db2 kernel: ');
const file = fc.array(fc.tuple(syslog, stamp, kernelLine).map((parts) => parts.join('')), { maxLength: 12 }).map((lines) => lines.join('\n'));
const files = fc.array(file, { minLength: 1, maxLength: 6 }).map((texts) => texts.map((text, n) => ({ name: `log.${n}`, text })));

function run(inputs: readonly { readonly name: string; readonly text: string }[]): Summary {
  const events: ReplayEvent[] = [];
  const totals = inputs
    .map(({ name, text }) => {
      const { counts: read } = replayText(text, { file: name, before: Date.UTC(2026, 11, 1), emit: (event) => events.push(event) });
      return { ...read, files: 1, leftOut: 0, malformed: { ...read.malformed, truncated: 0 }, unreadable: 0 };
    })
    .reduce(addTotals, NO_TOTALS);
  return summarize(events, totals, 300);
}

/** As it is after it went through a file. */
function written(summary: Summary): Summary {
  const parsed = parseSummary(JSON.stringify(summary));
  if ('bad' in parsed) throw new Error(parsed.bad);
  return parsed;
}

describe('summaries of parts', () => {
  it('add up to exactly the summary of the whole, however the files are dealt out, in any order, and over several levels', () => {
    let events = 0;
    let duplicates = 0;
    fc.assert(
      fc.property(files, fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 6, maxLength: 6 }), fc.boolean(), (inputs, deal, backwards) => {
        const whole = run(inputs);
        const parts = [0, 1, 2].map((part) => written(run(inputs.filter((_, n) => deal[n] === part)))) as [Summary, Summary, Summary];
        const [a, b, c] = backwards ? [parts[2], parts[1], parts[0]] : parts;
        expect(mergeSummaries([a, b, c])).toEqual(whole);
        expect(mergeSummaries([written(mergeSummaries([a, b])), c])).toEqual(whole);
        expect(terminalReport(mergeSummaries([c, a, b]), ['v4', '7.3'])).toBe(terminalReport(whole, ['v4', '7.3']));
        expect(htmlReport(mergeSummaries([c, a, b]), ['7.3'], '')).toBe(htmlReport(whole, ['7.3'], ''));
        events += whole.events.length;
        duplicates += whole.events.filter(({ duplicate_of }) => duplicate_of).length;
      }),
      { numRuns: runs(60) },
    );
    expect(events).toBeGreaterThan(100);
    expect(duplicates).toBeGreaterThan(3);
  });

  it('count what the first of several captures learns from the others', () => {
    const summary = run([
      { name: 'console', text: '[    1.000000] Memory failure: 0x1: recovery action for unknown page: Ignored\n[   61.000000] Kernel panic - not syncing: x' },
      { name: 'kern.log', text: 'Nov 23 04:46:01 db1 kernel: [    0.900000] flags: 0x1(reserved|hwpoison)\nNov 23 04:46:01 db1 kernel: [    0.900001] page dumped because: hwpoison: unhandlable page\nNov 23 04:46:01 db1 kernel: [    1.000000] Memory failure: 0x1: recovery action for unknown page: Ignored' },
    ]);
    const [first, second, ...none] = joinCaptures(summary).events;
    expect(none).toEqual([]);
    expect(second?.duplicate_of).toEqual({ file: 'console', line: 1 });
    expect(first).toMatchObject({ host: 'db1', verdict: { v4: 'would-panic', '7.3': 'would-panic' }, crash: { after: 60 } });
    expect(summary.events.filter(counts)).toHaveLength(1);
  });
});
