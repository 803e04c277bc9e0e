import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { printableJson } from '../../../abi/printable.ts';
import { counts, type ReplayEvent } from '../../../replay/history/event.ts';
import { CSV_HEAD, csvLine } from '../../../replay/report/csv.ts';
import { joinCaptures } from '../../../replay/summary/captures.ts';
import type { Summary } from '../../../replay/summary/summary.ts';
import { hostOf } from '../../../replay/summary/tables.ts';
import { POLICIES, type PolicyName } from '../../../replay/verdict/policy.ts';
import type { CliContext } from '../../context.ts';
import { UsageError } from '../../exit-status.ts';
import type { Given } from './options.ts';
import { type Output, writeWhole } from './write-file.ts';

/** Takes each event that is wanted: writes it, where events are written one by one. */
export type Print = (event: ReplayEvent) => void;

export function printer(context: CliContext, { json, csv }: Given, policies: readonly PolicyName[]): Print {
  const shown = (event: ReplayEvent): ReplayEvent =>
    policies.length === POLICIES.length ? event : { ...event, verdict: Object.fromEntries(policies.map((policy) => [policy, event.verdict[policy]])) };
  if (json) return (event) => { context.print(printableJson(JSON.stringify(shown(event)))); };
  if (!csv) return () => undefined;
  context.print(CSV_HEAD);
  return (event) => { context.print(csvLine(shown(event))); };
}

/** The files that are to be written, by their options. */
export function outputsOf({ html, summary }: Given): readonly Output[] {
  return [
    ...(summary === undefined ? [] : [{ option: '--summary', path: summary, kind: 'a summary' } as const]),
    ...(html === undefined ? [] : [{ option: '--html', path: html, kind: 'a page' } as const]),
  ];
}

/** What only one way of reporting needs is loaded for that: a filter needs none of it. */
export async function writeReports(context: CliContext, summary: Summary, args: Given, policies: readonly PolicyName[]): Promise<void> {
  for (const output of outputsOf(args)) {
    if (output.option === '--summary') {
      writeWhole(output, `${printableJson(JSON.stringify(summary))}\n`);
    } else {
      const { htmlReport } = await import('../../../replay/report/html.ts');
      writeWhole(output, htmlReport(summary, policies, chartLibrary()));
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

/** Chart.js as one script for a page, from the package that is installed. */
function chartLibrary(): string {
  const main = createRequire(import.meta.url).resolve('chart.js');
  return readFileSync(join(dirname(main), 'chart.umd.min.js'), 'utf8').replace(/^\/\/# sourceMappingURL=.*$/m, '');
}
