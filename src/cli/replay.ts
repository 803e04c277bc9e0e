import { readFileSync } from 'node:fs';
import type { ProfileName } from '../kernel/profile.ts';
import type { Filter } from '../replay/filter.ts';
import { counts, type ReplayEvent } from '../replay/history/event.ts';
import { CSV_HEAD, csvLine } from '../replay/report/csv.ts';
import { Duplicates } from '../replay/summary/duplicates.ts';
import { parseSummary } from '../replay/summary/parse-summary.ts';
import { settle } from '../replay/summary/settle.ts';
import { mergeSummaries, summarize, type Summary, type Totals } from '../replay/summary/summary.ts';
import { hostOf, POLICIES } from '../replay/summary/tables.ts';
import type { HelpfulCommand } from './help/help.ts';
import { ExitStatus, type Host, UsageError } from './host.ts';
import { declare } from './options/declare.ts';
import { valuesOf } from './options/settings.ts';
import { chartLibrary } from './replay/chart-library.ts';
import { findInputs, type Input, STDIN, whyNot } from './replay/inputs.ts';
import { type Given, REPLAY_TABLE } from './replay/options.ts';
import { Progress } from './replay/progress.ts';
import { runReplay } from './replay/run-replay.ts';
import { expectWritable, writeWhole } from './replay/write-file.ts';

/** Events that a stream without a summary remembers, to know what repeats them. */
const REMEMBERED = 65_536;
/** Exit status of `--fail-on`, and of a run that could not read all. */
const FOUND = 3;
const NOT_ALL_READ = 1;

/** `vmsysctld replay [FILE…]`: which memory failures in kernel logs would have panicked. */
export function replayCommand(host: Host): HelpfulCommand {
  return {
    command: 'replay [FILE..]',
    builder: (argv) => declare(argv.positional('FILE', { type: 'string', array: true, default: [] as string[] }), REPLAY_TABLE),
    help: {
      usage: 'replay [FILE…] [options]',
      about: 'Tells which memory failures in kernel logs would have panicked. A FILE is a log,\na directory of logs, or - for standard input, as it is where none is named.',
      options: REPLAY_TABLE,
      operands: { completion: { with: 'files', words: [] }, most: Infinity },
      examples: [
        ['replay /var/log', 'on this machine'],
        ['replay logs/ --host-from-path --html a.html', 'a directory a host'],
      ],
    },
    async handler({ FILE, ...given }) {
      const args: Given = { ...valuesOf(REPLAY_TABLE, given), FILE: FILE as string[] };
      const forms = (['json', 'csv', 'scenario'] as const).filter((form) => args[form]);
      if (forms.length > 1) throw new UsageError(`--${forms.join(' and --')} each say what goes to standard output: give one of them`);
      const policies = args.policy === 'both' ? POLICIES : [args.policy];
      const print = printer(host, args, policies);
      for (const path of [args.html, args.summary]) if (path !== undefined) expectWritable(path);
      const names = args.FILE.length > 0 ? args.FILE : standardInput(host);
      const { summary, found } = args.merge ? mergeFiles(names, args, print) : await readLogs(host, names, args, print);
      await writeReports(host, summary, args, policies);
      if (args.failOn !== undefined && found.has(args.failOn)) throw new ExitStatus(FOUND);
      if (!args.merge && summary.totals.unreadable > 0) throw new ExitStatus(NOT_ALL_READ);
    },
  };
}

/** Takes each event that is wanted: writes it, where events are written one by one. */
type Print = (event: ReplayEvent) => void;

interface Outcome {
  readonly summary: Summary;
  /** Verdicts that some event which counts has. */
  readonly found: ReadonlySet<string>;
}

function printer(host: Host, { json, csv }: Given, policies: readonly ProfileName[]): Print {
  const shown = (event: ReplayEvent): ReplayEvent =>
    policies.length === POLICIES.length ? event : { ...event, verdict: Object.fromEntries(policies.map((policy) => [policy, event.verdict[policy]])) };
  if (json) return (event) => { host.print(JSON.stringify(shown(event))); };
  if (!csv) return () => undefined;
  host.print(CSV_HEAD);
  return (event) => { host.print(csvLine(shown(event))); };
}

/** Verdicts of what counts, under the policies asked for. */
function verdicts(events: Iterable<ReplayEvent>, { policy }: Given): Set<string> {
  const policies = policy === 'both' ? POLICIES : [policy];
  const found = new Set<string>();
  for (const event of events) if (counts(event)) for (const each of policies) found.add(event.verdict[each] ?? '');
  return found;
}

async function readLogs(host: Host, names: readonly string[], args: Given, print: Print): Promise<Outcome> {
  const complain = (line: string): void => { host.complain(`vmsysctld: ${line}`); };
  const inputs = findInputs(names, complain);
  // A stream that nothing is made of at the end keeps nothing.
  const keeps = !(args.json || args.csv) || args.summary !== undefined || args.html !== undefined;
  const kept: ReplayEvent[] = [];
  const found = new Set<string>();
  const duplicates = new Duplicates(keeps ? undefined : REMEMBERED);
  const progress = host.terminal ? new Progress(host.terminal, totalSize(inputs), () => performance.now()) : undefined;
  let events = 0;
  const totals: Totals = await runReplay(inputs, {
    crashWindow: args.crashWindow,
    hostFromPath: args.hostFromPath,
    filter: filterOf(args),
    stdin: host.stdin,
    now: Date.now(),
    complain: (line) => {
      progress?.end();
      complain(line);
    },
    onRead: (bytes) => progress?.add(bytes, events),
    stopped: host.outputGone,
    emit: (event) => {
      const marked = duplicates.mark(event);
      events += 1;
      if (keeps) kept.push(marked);
      else for (const verdict of verdicts([marked], args)) found.add(verdict);
      print(marked);
    },
  });
  progress?.end();
  const summary = summarize(kept, totals, args.crashWindow);
  return { summary, found: keeps ? verdicts(settle(summary).events, args) : found };
}

function mergeFiles(names: readonly string[], args: Given, print: Print): Outcome {
  if (args.hostFromPath) throw new UsageError('--merge takes summaries, whose hosts are settled: give --host-from-path where the logs are read');
  if (args.host ?? args.since ?? args.until) throw new UsageError('--merge adds up whole summaries: give --host, --since and --until where the logs are read');
  const [first, ...rest] = names.map(readSummary);
  if (!first) throw new UsageError('--merge needs the files that --summary wrote');
  const other = rest.find(({ crashWindow }) => crashWindow !== first.crashWindow);
  if (other) throw new UsageError(`summaries made with --crash-window ${first.crashWindow} and ${other.crashWindow} cannot be added up: use one window`);
  const summary = mergeSummaries([first, ...rest]);
  for (const event of summary.events) print(event);
  return { summary, found: verdicts(settle(summary).events, args) };
}

function readSummary(name: string): Summary {
  let text: string;
  try {
    text = readFileSync(name === STDIN ? 0 : name, 'utf8');
  } catch (error) {
    throw new UsageError(`cannot read ${name}: ${whyNot(error)}`);
  }
  const summary = parseSummary(text);
  if ('bad' in summary) throw new UsageError(`--merge: ${name}: ${summary.bad}`);
  return summary;
}

/** What only one way of reporting needs is loaded for that: a filter needs none of it. */
async function writeReports(host: Host, summary: Summary, args: Given, policies: readonly ProfileName[]): Promise<void> {
  if (args.summary !== undefined) writeWhole(args.summary, `${JSON.stringify(summary)}\n`);
  if (args.html !== undefined) {
    const { htmlReport } = await import('../replay/report/html.ts');
    writeWhole(args.html, htmlReport(summary, policies, chartLibrary()));
  }
  if (args.scenario) {
    const hosts = [...new Set(summary.events.filter(counts).map(hostOf))];
    if (hosts.length > 1) {
      throw new UsageError(`--scenario re-enacts one host, and there are ${hosts.length}: choose one with --host, such as --host '^${hosts[0]}$'`);
    }
    const { scenario } = await import('../replay/scenario/scenario.ts');
    host.print(scenario(settle(summary).events).trimEnd());
  } else if (!args.json && !args.csv) {
    const { terminalReport } = await import('../replay/report/terminal.ts');
    host.print(terminalReport(summary, policies));
  }
}

function standardInput(host: Host): string[] {
  if (host.stdinIsTerminal) throw new UsageError('replay needs logs to read: vmsysctld replay FILE, or a directory, or a pipe into it');
  return [STDIN];
}

function totalSize(inputs: readonly Input[]): number | undefined {
  return inputs.every(({ size }) => size !== undefined) ? inputs.reduce((sum, { size = 0 }) => sum + size, 0) : undefined;
}

function filterOf({ host, since, until }: Given): Filter {
  return { ...(host && { host }), ...(since !== undefined && { since }), ...(until !== undefined && { until }) };
}
