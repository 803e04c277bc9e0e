import { parseWhen } from '../../../replay/filter.ts';

import { takes } from '../../../language/words.ts';
import { UsageError } from '../../exit-status.ts';
import { file, oneOf, type OptionTable, type OptionValues } from '../../options/option.ts';
import { POLICIES } from '../../../replay/verdict/policy.ts';

const POLICY_WORDS = [...POLICIES, 'both'] as const;
const FAIL_ON = ['would-panic'] as const;

const READING = 'What is read';
const WRITING = 'What is written';

/** Options of `vmsysctld replay`. */
export const REPLAY_TABLE = {
  policy: { ...oneOf<(typeof POLICY_WORDS)[number]>(POLICY_WORDS), group: READING, describe: 'which rules: as posted, as merged', fallback: 'both' },
  host: { kind: 'text', value: 'REGEX', group: READING, describe: 'only hosts with such a name', read: regex, fallback: undefined },
  'host-from-path': { kind: 'flag', group: READING, describe: "take the host from a file's path if lines have none" },
  kernel: { kind: 'text', value: 'RELEASE', group: READING, describe: 'the kernel, if a FILE does not name it', read: release, fallback: undefined },
  rasdaemon: { kind: 'text', value: 'VERSION', group: READING, describe: 'the rasdaemon that wrote the databases', read: rasdaemonVersion, fallback: undefined },
  since: { kind: 'text', value: 'TIME', group: READING, describe: 'only since 2026-11-23, or 2026-11-23T04:46Z', read: when, fallback: undefined },
  until: { kind: 'text', value: 'TIME', group: READING, describe: 'only until this time', read: when, fallback: undefined },
  'crash-window': {
    kind: 'text', value: 'SECONDS', group: READING, describe: 'show crashes within this time after it', read: seconds, fallback: 300, shownFallback: '300',
  },
  merge: { kind: 'flag', group: READING, describe: 'the FILEs are summaries: add them up' },
  json: { kind: 'flag', group: WRITING, describe: 'one JSON object per failure, not a report' },
  csv: { kind: 'flag', group: WRITING, describe: 'one line of CSV per failure, not a report' },
  scenario: { kind: 'flag', group: WRITING, describe: 'a control script that re-enacts one host' },
  html: { ...file(), group: WRITING, describe: 'also a page with the whole report', fallback: undefined },
  summary: { ...file(), group: WRITING, describe: 'also a summary, which --merge adds up', fallback: undefined },
  'fail-on': { ...oneOf(FAIL_ON), group: WRITING, describe: 'exit with 3 if a failure has this verdict', fallback: undefined },
} as const satisfies OptionTable;

/** The values of the options, with the operands. */
export type ReplayArguments = OptionValues<typeof REPLAY_TABLE> & { readonly FILE: readonly string[] };

function regex(text: string, called: string): RegExp {
  try {
    return new RegExp(text);
  } catch (error) {
    throw new UsageError(`${takes(called, "a regular expression, such as '^db[0-9]+'", text)}: ${(error as Error).message.replace(/^.*: /, '')}`);
  }
}

function release(text: string, called: string): string {
  if (/^\d+\.\d+/.test(text)) return text;
  throw new UsageError(takes(called, 'a release as uname -r prints it, such as 6.1.0-18-amd64', text));
}

function rasdaemonVersion(text: string, called: string): string {
  if (/^\d+\.\d+(?:\.\d+)*$/.test(text)) return text;
  throw new UsageError(takes(called, 'a version as rasdaemon --version prints it, such as 0.6.8', text));
}

function when(text: string, called: string): number {
  const ms = parseWhen(text);
  if (ms !== undefined) return ms;
  throw new UsageError(takes(called, 'a date or a time, such as 2026-11-23 or 2026-11-23T04:46:01Z', text));
}

function seconds(text: string, called: string): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
  if (!Number.isNaN(value)) return value;
  throw new UsageError(takes(called, 'a whole number of seconds, such as 300', text));
}
