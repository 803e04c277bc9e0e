import { printable } from '../../abi/printable.ts';
import type { Filter } from '../../replay/filter.ts';
import type { ReplayEvent } from '../../replay/history/event.ts';
import { Duplicates } from '../../replay/summary/duplicates.ts';
import { joinCaptures, summarize, type Totals } from '../../replay/summary/summary.ts';
import type { CliContext, HelpfulCommand } from '../command.ts';
import { ExitStatus, UsageError } from '../exit-status.ts';
import { valuesOf } from '../options/option.ts';
import { findInputs, type Input, STDIN } from './replay/inputs.ts';
import { type ReplayArguments, REPLAY_TABLE } from './replay/options.ts';
import { type Outcome, outputsOf, type Print, printer, verdicts, writeReports } from './replay/reports.ts';
import { Progress } from './replay/progress.ts';
import { runReplay } from './replay/run-replay.ts';
import { expectReplaceable } from './replay/write-file.ts';
import { POLICIES } from '../../replay/verdict/policy.ts';

/** How many events a stream without a summary remembers, to recognize duplicates. */
const REMEMBERED = 65_536;
/** Exit status of `--fail-on`, and of a run that could not read every input. */
const FOUND = 3;
const NOT_ALL_READ = 1;

/** `vmsysctld replay [FILE…]`: which memory failures in kernel logs would have panicked. */
export function replayCommand(context: CliContext): HelpfulCommand {
  return {
    help: {
      usage: 'replay [FILE…] [options]',
      about: 'Shows which memory failures in kernel logs would have panicked. A FILE is a log,\na database of rasdaemon, a directory of these, or - for standard input, which is\nthe default.',
      options: REPLAY_TABLE,
      operands: { completion: { with: 'files', words: [] }, most: Infinity },
      examples: [
        ['replay /var/log', 'on this machine'],
        ['replay logs/ --host-from-path --html a.html', 'one directory per host'],
      ],
    },
    async run(given, operands) {
      const args: ReplayArguments = { ...valuesOf(REPLAY_TABLE, given), FILE: operands };
      const forms = (['json', 'csv', 'scenario'] as const).filter((form) => args[form]);
      if (forms.length > 1) throw new UsageError(`--${forms.join(' and --')} all write to standard output: give one of them`);
      const policies = args.policy === 'both' ? POLICIES : [args.policy];
      const print = printer(context, args, policies);
      const outputs = outputsOf(args);
      expectReplaceable(outputs, args.FILE);
      const names = args.FILE.length > 0 ? args.FILE : standardInput(context);
      const { summary, found } = args.merge ? await mergedFiles(names, args, print) : await readLogs(context, names, args, print);
      await writeReports(context, summary, args, policies);
      if (args.failOn !== undefined && found.has(args.failOn)) throw new ExitStatus(FOUND);
      const { unreadable, malformed } = summary.totals;
      if (unreadable + malformed.truncated > 0) throw new ExitStatus(NOT_ALL_READ);
    },
  };
}

/** Loaded lazily, because only --merge needs it. */
async function mergedFiles(names: readonly string[], args: ReplayArguments, print: Print): Promise<Outcome> {
  const { mergeFiles } = await import('./replay/merge-files.ts');
  return mergeFiles(names, args, print);
}

async function readLogs(context: CliContext, names: readonly string[], args: ReplayArguments, print: Print): Promise<Outcome> {
  const complain = (line: string): void => { context.complain(`vmsysctld: ${printable(line)}`); };
  const { inputs, unreadable } = findInputs(names, complain, outputsOf(args).map(({ path }) => path));
  // A stream without a report at its end keeps no events.
  const keeps = !(args.json || args.csv) || args.summary !== undefined || args.html !== undefined;
  const kept: ReplayEvent[] = [];
  const found = new Set<string>();
  const duplicates = new Duplicates(keeps ? undefined : REMEMBERED);
  const progress = context.terminal ? new Progress(context.terminal, totalSize(inputs), () => performance.now()) : undefined;
  let events = 0;
  const read = await runReplay(inputs, {
    crashWindow: args.crashWindow,
    kernel: args.kernel,
    rasdaemon: args.rasdaemon,
    hostFromPath: args.hostFromPath,
    filter: filterOf(args),
    standardInput: context,
    now: Date.now(),
    complain: (line) => {
      progress?.end();
      complain(line);
    },
    onRead: (bytes) => progress?.add(bytes, events),
    stopped: context.outputGone,
    outputTaken: context.outputTaken,
    emit: (event) => {
      const marked = duplicates.mark(event);
      events += 1;
      if (keeps) kept.push(marked);
      else for (const verdict of verdicts([marked], args)) found.add(verdict);
      print(marked);
    },
  });
  progress?.end();
  const totals: Totals = { ...read, unreadable: read.unreadable + unreadable };
  const summary = summarize(kept, totals, args.crashWindow);
  return { summary, found: keeps ? verdicts(joinCaptures(summary).events, args) : found };
}

function standardInput(context: CliContext): string[] {
  if (context.stdinIsTerminal) throw new UsageError('replay needs logs to read: vmsysctld replay FILE, or a directory, or a pipe into it');
  return [STDIN];
}

function totalSize(inputs: readonly Input[]): number | undefined {
  return inputs.every(({ size }) => size !== undefined) ? inputs.reduce((sum, { size = 0 }) => sum + size, 0) : undefined;
}

function filterOf({ host, since, until }: ReplayArguments): Filter {
  return { ...(host && { host }), ...(since !== undefined && { since }), ...(until !== undefined && { until }) };
}
