import * as v from 'valibot';
import { list, takes } from '../../language/words.ts';
import type { ReplayEvent } from '../history/event.ts';
import { type Summary, SUMMARY_VERSION, VERDICTS } from './summary.ts';

const text = v.string('text');
const count = v.pipe(v.number('a number'), v.safeInteger('a whole number'), v.minValue(0, 'a number from 0 on'));
const seconds = v.pipe(v.number('a number of seconds'), v.finite('a number of seconds'), v.minValue(0, 'a number of seconds from 0 on'));

function oneOf<const T extends readonly string[]>(words: T): v.PicklistSchema<T, string> {
  return v.picklist(words, list(words, 'or'));
}

const pid = v.pipe(v.number('a number'), v.finite('a number'), v.minValue(0, 'a number from 0 on'));
const time = v.pipe(text, v.check(isTime, 'a time such as 2026-11-23T04:46:01.000Z'));
const source = v.object({ file: text, line: count }, 'a file and a line');
const moment = { time: v.nullable(time), uptime: v.nullable(seconds), source };

/** Whether it is a possible time in the form of showTime(). */
function isTime(value: string): boolean {
  return /^(?:\d{4}|\+\d{6})-[\d.:T-]+Z?$/.test(value) && !Number.isNaN(Date.parse(value.endsWith('Z') ? value : `${value}Z`));
}

/** A line of `--json`: {@link ReplayEvent}. Unknown keys are left out. */
const event = v.object({
  ...moment,
  host: v.nullable(text),
  kernel: v.nullable(text),
  pfn: v.pipe(text, v.regex(/^0x[0-9a-f]+$/, 'a page frame number such as 0x40272d')),
  // As result-line.ts reads it.
  type: v.pipe(text, v.regex(/^[A-Za-z0-9][A-Za-z0-9 ,()-]*$/, 'a page type such as dirty LRU page')),
  result: oneOf(['Ignored', 'Failed', 'Delayed', 'Recovered']),
  verdict: v.object({ v4: oneOf(VERDICTS), '7.3': oneOf(VERDICTS) }, 'a verdict for each policy'),
  reason: text,
  killed: v.array(v.object({ comm: text, pid }, 'a comm and a pid'), 'a list'),
  crash: v.nullable(v.object({
    ...moment, kind: oneOf(['unrecoverable-page', 'recovery-disabled', 'panic', 'fault']), text, at: v.nullable(text), after: v.nullable(seconds),
  }, 'an object')),
  injected: v.exactOptional(v.literal(true, 'true')),
  dimm: v.exactOptional(text),
  trace: v.exactOptional(v.literal(true, 'true')),
  revoked: v.exactOptional(v.object(moment, 'an object')),
  duplicate_of: v.exactOptional(source),
}, 'an object') satisfies v.GenericSchema<unknown, ReplayEvent>;

const summary = v.object({
  version: v.literal(SUMMARY_VERSION),
  crashWindow: count,
  totals: v.object({
    files: count, bytes: count, lines: count, leftOut: count,
    malformed: v.object({ invalidUtf8: count, json: count, unfinished: count, truncated: count }, 'an object'),
    unreadable: count,
  }, 'an object'),
  events: v.array(event, 'a list'),
}) satisfies v.GenericSchema<unknown, Summary>;

const header = v.object({ version: v.number() });

/** The summary in the text of a file that `--summary` wrote; or what is wrong with it, in one line. */
export function parseSummary(written: string): Summary | { readonly bad: string } {
  let value: unknown;
  try {
    value = JSON.parse(written);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { bad: 'it is not JSON: give files that --summary wrote' };
  }
  if (!v.is(header, value)) return { bad: 'it is not a summary: give files that --summary wrote' };
  if (value.version !== SUMMARY_VERSION) return { bad: `its version is ${value.version}, this program reads ${SUMMARY_VERSION}` };
  const { success, output, issues } = v.safeParse(summary, value, { abortEarly: true });
  if (success) return output;
  const [issue] = issues;
  const path = v.getDotPath(issue) ?? '';
  const wrong = issue.received === 'undefined' ? `${path} is missing` : takes(path, issue.message);
  return { bad: `${wrong}: give files that --summary wrote` };
}
