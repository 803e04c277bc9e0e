// What `replay` does with files: inputs.ts finds them, read-input.ts and compression.ts read them, reports.ts and write-file.ts write.
// What a log says is judged in src/replay. The folder may import what cli may. Start with runReplay() below.
import { type Filter, wanted } from '../../../replay/filter.ts';
import type { ReplayEvent } from '../../../replay/history/event.ts';
import { type InputCounts, LogReplay } from '../../../replay/log-replay.ts';
import { addTotals, NO_TOTALS, type Totals } from '../../../replay/summary/summary.ts';
import { type Input } from './inputs.ts';
import { reason } from '../../read-file.ts';
import { readInput, type StandardInput } from './read-input.ts';
import { NoToolError, TruncatedError, UnusableError } from './packed.ts';

export interface RunOptions {
  readonly crashWindow: number;
  /** The kernel of inputs that do not say which it was, and the version of rasdaemon that wrote a database. */
  readonly kernel: string | undefined;
  readonly rasdaemon: string | undefined;
  readonly hostFromPath: boolean;
  readonly filter: Filter;
  readonly standardInput: StandardInput;
  /** The latest time of lines in inputs without a time of the last change, ms since the epoch. */
  readonly now: number;
  readonly emit: (event: ReplayEvent) => void;
  readonly complain: (line: string) => void;
  readonly onRead: (bytes: number) => void;
  /** Whether the output has no reader any more. */
  readonly stopped: () => boolean;
  /** Settles when the output was written, so that it does not pile up. Undefined if none waits. */
  readonly outputTaken: () => Promise<void> | undefined;
}

/** Replays inputs one after the other. An input that cannot be read is reported and counted; the others are read all the same. */
export async function runReplay(inputs: readonly Input[], options: RunOptions): Promise<Totals> {
  let totals = NO_TOTALS;
  for (const input of inputs) {
    if (options.stopped()) break;
    totals = addTotals(totals, await replayInput(input, options));
  }
  return totals;
}

async function replayInput(input: Input, options: RunOptions): Promise<Totals> {
  let leftOut = 0;
  const host = options.hostFromPath ? hostFromPath(input.name) : undefined;
  const replay = new LogReplay({
    file: input.name,
    ...(host !== undefined && { host }),
    crashWindow: options.crashWindow,
    ...(options.kernel !== undefined && { kernel: options.kernel }),
    ...(options.rasdaemon !== undefined && { rasdaemon: options.rasdaemon }),
    before: input.changed ?? options.now,
    emit: (event) => {
      if (wanted(event, options.filter)) options.emit(event);
      else leftOut += 1;
    },
  });
  const found = await attempt(() => readInput(input, options.standardInput, replay.windows, (read) => {
    options.onRead(read);
    const taken = options.outputTaken();
    return taken === undefined ? !options.stopped() : taken.then(() => !options.stopped());
  }));
  const counts = await attempt(() => Promise.resolve(replay.finish()));
  // If reading ended because the output has no reader, the input is not at fault.
  const problem = options.stopped() ? undefined : (found.problem ?? counts.problem);
  if (problem) options.complain(`${input.name}: ${problem.why}`);
  const { bytes, lines, malformed } = counts.result ?? NOTHING;
  return {
    files: 1, bytes, lines, leftOut,
    malformed: { ...malformed, truncated: problem?.truncated ? 1 : 0 },
    unreadable: problem && !problem.truncated ? 1 : 0,
  };
}

const NOTHING: InputCounts = { bytes: 0, lines: 0, malformed: { invalidUtf8: 0, json: 0, unfinished: 0 } };

interface Attempt<T> {
  readonly result?: T;
  readonly problem?: { readonly why: string; readonly truncated: boolean };
}

/** Catches every error on purpose: a fault of this program in one input must not lose the failures in others. */
async function attempt<T>(work: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { result: await work() };
  } catch (error) {
    if (error instanceof TruncatedError) return { problem: { why: error.message, truncated: true } };
    if (error instanceof NoToolError || error instanceof UnusableError) return { problem: { why: error.message, truncated: false } };
    if (error instanceof Error && 'code' in error) return { problem: { why: `cannot be read: ${reason(error)}`, truncated: false } };
    return { problem: { why: `was read in part, because of a fault in this program (${String(error).replaceAll('\n', ' ')}): please report it`, truncated: true } };
  }
}

/** Names of files and directories of logs that are the same on every host. */
const GENERIC = new RegExp(
  `^(?:${[
    'kern', 'kernel', 'messages', 'syslog', 'dmesg', 'vmcore-dmesg', 'console', 'serial', 'ttys\\d+', 'journal', 'journalctl', 'log', 'logs', 'crash', 'crashes', 'var',
    'user', 'daemon', 'debug', 'warn', 'boot', 'previous', 'current', 'old', 'pstore', 'dmesg-\\w+', 'console-\\w+', 'full', 'output', 'tmp', 'home', 'root', 'data', 'archive',
  ].join('|')})$`,
  'i',
);
/** The endings that rotation and compression add, and dates between them: `kern.log-20261123.1.gz`. */
const SUFFIX = /(?:\.(?:log|txt|json|jsonl|ndjson|export|out|gz|zst|xz|bz2|old|\d+)|[-.]\d{4}-?\d\d-?\d\d(?:[-T]?\d){0,20})$/i;

/** The host of a file, by its path: the nearest name that logs do not have on every host. Undefined if there is none. */
export function hostFromPath(path: string): string | undefined {
  return path
    .split('/')
    .reverse()
    .map(withoutSuffixes)
    .find((name) => name !== '' && name !== '.' && name !== '..' && name !== '-' && !GENERIC.test(name));
}

function withoutSuffixes(name: string): string {
  const shorter = name.replace(SUFFIX, '');
  return shorter === name || shorter === '' ? name : withoutSuffixes(shorter);
}
