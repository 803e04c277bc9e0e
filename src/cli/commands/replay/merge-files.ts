import { readFileSync } from 'node:fs';
import { parseSummary } from '../../../replay/summary/parse-summary.ts';
import { joinCaptures, mergeSummaries, type Summary } from '../../../replay/summary/summary.ts';
import { UsageError } from '../../exit-status.ts';
import { STDIN } from './inputs.ts';
import { reason } from '../../read-file.ts';
import type { ReplayArguments } from './options.ts';
import { type Outcome, type Print, verdicts } from './reports.ts';

/** Adds up summaries. @throws UsageError for those that cannot be added up */
export function mergeFiles(names: readonly string[], args: ReplayArguments, print: Print): Outcome {
  if (args.hostFromPath) throw new UsageError('--merge takes summaries, whose hosts are settled: give --host-from-path where the logs are read');
  if (args.host ?? args.since ?? args.until) throw new UsageError('--merge adds up whole summaries: give --host, --since and --until where the logs are read');
  const [first, ...rest] = names.map(readSummary);
  if (!first) throw new UsageError('--merge needs the files that --summary wrote');
  const other = rest.find(({ crashWindow }) => crashWindow !== first.crashWindow);
  if (other) throw new UsageError(`summaries made with --crash-window ${first.crashWindow} and ${other.crashWindow} cannot be added up: use one window`);
  const summary = mergeSummaries([first, ...rest]);
  for (const event of summary.events) print(event);
  return { summary, found: verdicts(joinCaptures(summary).events, args) };
}

function readSummary(name: string): Summary {
  let text: string;
  try {
    text = readFileSync(name === STDIN ? 0 : name, 'utf8');
  } catch (error) {
    throw new UsageError(`cannot read ${name}: ${reason(error)}`);
  }
  const summary = parseSummary(text);
  if ('bad' in summary) throw new UsageError(`--merge: ${name}: ${summary.bad}`);
  return summary;
}
