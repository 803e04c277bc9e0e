import { type Filter, wanted } from '../../replay/filter.ts';
import type { ReplayEvent } from '../../replay/history/event.ts';
import { hostFromPath } from '../../replay/host-from-path.ts';
import { type InputCounts, LogReplay } from '../../replay/log-replay.ts';
import { addTotals, NO_TOTALS, type Totals } from '../../replay/summary/summary.ts';
import { NoToolError } from './compression.ts';
import { type Input, whyNot } from './inputs.ts';
import { readInput, type StandardInput } from './read-input.ts';
import { TruncatedError } from './truncated.ts';

export interface RunOptions {
  readonly crashWindow: number;
  readonly hostFromPath: boolean;
  readonly filter: Filter;
  readonly standardInput: StandardInput;
  /** The time by which all was written whose file has no time of its own, ms since the epoch. */
  readonly now: number;
  readonly emit: (event: ReplayEvent) => void;
  readonly complain: (line: string) => void;
  readonly onRead: (bytes: number) => void;
  /** Nobody reads what is written any more. */
  readonly stopped: () => boolean;
  /** Settles when what was emitted has been taken, so that it does not pile up; undefined if it has been. */
  readonly outputTaken: () => Promise<void> | undefined;
}

/** Replays inputs one after the other. An input that cannot be read is told of and counted; the others are read all the same. */
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
    before: input.changed ?? options.now,
    emit: (event) => {
      if (wanted(event, options.filter)) options.emit(event);
      else leftOut += 1;
    },
  });
  const found = await attempt(() => readInput(input, options.standardInput, replay.windows, async (read) => {
    options.onRead(read);
    await options.outputTaken();
    return !options.stopped();
  }));
  const counts = await attempt(() => Promise.resolve(replay.finish()));
  // What is cut off because nobody reads on is no problem of the input.
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

/** Errors are wide on purpose: a fault of this program in one input must not take the failures that others tell of. */
async function attempt<T>(work: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { result: await work() };
  } catch (error) {
    if (error instanceof TruncatedError) return { problem: { why: error.message, truncated: true } };
    if (error instanceof NoToolError) return { problem: { why: error.message, truncated: false } };
    if (error instanceof Error && 'code' in error) return { problem: { why: `cannot be read: ${whyNot(error)}`, truncated: false } };
    return { problem: { why: `is read in part, by a fault of this program (${String(error).replaceAll('\n', ' ')}): please report it`, truncated: true } };
  }
}
