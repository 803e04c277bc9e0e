import { readFileSync } from 'node:fs';
import { printableJson } from '../../../abi/printable.ts';
import { counts, type ReplayEvent } from '../../../replay/history/event.ts';
import { CSV_HEAD, csvLine } from '../../../replay/report/csv.ts';
import { hostOf, joinCaptures, type Summary } from '../../../replay/summary/summary.ts';
import type { CliContext } from '../../command.ts';
import { UsageError } from '../../exit-status.ts';
import type { ReplayArguments } from './options.ts';
import { type Output, writeWhole } from './write-file.ts';
import { POLICIES, type PolicyName } from '../../../replay/verdict/policy.ts';

/** The result of reading logs, or of adding up summaries. */
export interface Outcome {
  readonly summary: Summary;
  /** The verdicts of the events that count. */
  readonly found: ReadonlySet<string>;
}

/** The verdicts of the events that count, under the chosen policies. */
export function verdicts(events: Iterable<ReplayEvent>, { policy }: ReplayArguments): Set<string> {
  const policies = policy === 'both' ? POLICIES : [policy];
  const found = new Set<string>();
  for (const event of events) if (counts(event)) for (const each of policies) found.add(event.verdict[each] ?? '');
  return found;
}

/** Receives each wanted event, and writes it if events are written one by one. */
export type Print = (event: ReplayEvent) => void;

export function printer(context: CliContext, { json, csv }: ReplayArguments, policies: readonly PolicyName[]): Print {
  const shown = (event: ReplayEvent): ReplayEvent =>
    policies.length === POLICIES.length ? event : { ...event, verdict: Object.fromEntries(policies.map((policy) => [policy, event.verdict[policy]])) };
  if (json) return (event) => { context.print(printableJson(JSON.stringify(shown(event)))); };
  if (!csv) return () => undefined;
  context.print(CSV_HEAD);
  return (event) => { context.print(csvLine(shown(event))); };
}

/** The files to write, by their options. */
export function outputsOf({ html, summary }: ReplayArguments): readonly Output[] {
  return [
    ...(summary === undefined ? [] : [{ option: '--summary', path: summary, kind: 'a summary' } as const]),
    ...(html === undefined ? [] : [{ option: '--html', path: html, kind: 'a page' } as const]),
  ];
}

/** Writes the reports. Each kind of report is loaded only if it is wanted: a filter needs none of them. */
export async function writeReports(context: CliContext, summary: Summary, args: ReplayArguments, policies: readonly PolicyName[]): Promise<void> {
  for (const output of outputsOf(args)) {
    if (output.option === '--summary') {
      writeWhole(output, `${printableJson(JSON.stringify(summary))}\n`);
    } else {
      const { htmlReport } = await import('../../../replay/report/html.ts');
      const chartLibrary = readFileSync(new URL('chart.js', import.meta.url), 'utf8'); // put beside this module by scripts/bundle.mjs
      writeWhole(output, htmlReport(summary, policies, chartLibrary));
    }
  }
  if (args.scenario) {
    const hosts = [...new Set(summary.events.filter(counts).map(hostOf))];
    if (hosts.length > 1) {
      throw new UsageError(`--scenario re-enacts one host, and there are ${hosts.length}: choose one with --host, such as --host '^${hosts[0]}$'`);
    }
    const { scenario } = await import('../../../replay/scenario/scenario.ts');
    context.print(scenario(joinCaptures(summary).events).trimEnd());
  } else if (!args.json && !args.csv) {
    const { terminalReport } = await import('../../../replay/report/terminal.ts');
    context.print(terminalReport(summary, policies));
  }
}
