// Reports for people and programs: a text (this file), a page (html.ts) and CSV (csv.ts). The folder may import what replay may. Start
// with terminalReport() below.
import { printable } from '../../abi/printable.ts';
import { columns } from '../../language/columns.ts';
import { counts, type ReplayEvent } from '../history/event.ts';
import { type Count, countAll, countBy, groupBy, hostOf, joinCaptures, type Summary, VERDICTS } from '../summary/summary.ts';
import { grouped, many, shortSize } from './words.ts';
import type { PolicyName } from '../verdict/policy.ts';

const VERDICT_WORDS = { 'would-panic': 'would panic', 'would-not': 'would not', undecidable: 'undecidable' } as const;
/** The most rows of a table. The last row has the sum of the rest. */
const MOST_ROWS = 20;
const MOST_KINDS = 8;
const MOST_OF_A_KIND = 5;

/** The report for a terminal, without a newline at its end. */
export function terminalReport(raw: Summary, policies: readonly PolicyName[]): string {
  const summary = joinCaptures(raw);
  const { events } = summary;
  const all = countAll(events);
  if (all.events === 0) return [head(summary, all), ...notes(summary)].join('\n');
  return [
    head(summary, all),
    '',
    'With vm.panic_on_unrecoverable_memory_failure at 1, a machine',
    table(['', ...policies], VERDICTS.map((verdict) => [VERDICT_WORDS[verdict], ...policies.map((policy) => all.verdicts[policy][verdict])])),
    '',
    countTable('host', countBy(events, hostOf), policies, summary.crashWindow),
    '',
    countTable('page type and result', countBy(events, ({ type, result }) => `${type}: ${result}`), policies, summary.crashWindow),
    ...listed(summary, policies),
    ...notes(summary),
  ].join('\n');
}

function head({ totals, events }: Summary, all: Count): string {
  const hosts = new Set(events.filter(counts).map(hostOf)).size;
  const read = `${many(totals.files, 'file')}, ${many(totals.lines, 'line')}, ${shortSize(totals.bytes)}`;
  return all.events === 0 ? `${read}: no memory failure` : `${read}: ${many(all.events, 'memory failure')} on ${many(hosts, 'host')}`;
}

/** A table of counts, with the policies side by side. */
function countTable(name: string, rows: readonly Count[], policies: readonly PolicyName[], crashWindow: number): string {
  const shown = rows.length > MOST_ROWS ? rows.slice(0, MOST_ROWS - 1) : rows;
  const rest = rows.slice(shown.length);
  const cells = (label: string, group: readonly Count[]): (string | number)[] => {
    const sum = (of: (row: Count) => number): number => group.map(of).reduce((a, b) => a + b, 0);
    return [
      printable(label), sum(({ events }) => events),
      ...policies.flatMap((policy) => VERDICTS.map((verdict) => sum(({ verdicts }) => verdicts[policy][verdict]) || '')),
      sum(({ crashes }) => crashes) || '',
    ];
  };
  return table(
    [name, 'failures', ...policies.flatMap((policy) => [`${policy}: panic`, 'not', '?']), `crash in ${crashWindow} s`],
    [...shown.map((row) => cells(row.name, [row])), ...(rest.length > 0 ? [cells(`${many(rest.length, 'other')}`, rest)] : [])],
  );
}

/** The failures that matter, grouped by kind, the worst first, a few of each kind. */
function listed({ events }: Summary, policies: readonly PolicyName[]): string[] {
  const chosen = events.filter((event) => counts(event) && policies.some((policy) => event.verdict[policy] !== 'would-not'));
  if (chosen.length === 0) return [];
  const severity = (event: ReplayEvent): number => policies.filter((policy) => event.verdict[policy] === 'would-panic').length;
  const sorted = [...groupBy(chosen, (event) => `${kindOf(event, policies)}\n${event.reason}`).values()].sort(([a], [b]) => (a && b ? severity(b) - severity(a) : 0));
  const more = sorted.slice(MOST_KINDS).flat().length;
  return [
    '',
    'Those that would panic, or cannot be decided:',
    ...sorted.slice(0, MOST_KINDS).flatMap((group) => [
      '',
      ...group.slice(0, 1).flatMap((event) => [`  ${kindOf(event, policies)}`, `    ${event.reason}`]),
      ...group.slice(0, MOST_OF_A_KIND).flatMap(describe),
      ...(group.length > MOST_OF_A_KIND ? [`      … and ${grouped(group.length - MOST_OF_A_KIND)} more`] : []),
    ]),
    ...(more > 0 ? ['', `  … and ${grouped(more)} of other kinds: --json, --csv and --html list all`] : []),
  ];
}

/** `reserved kernel page: Ignored: would panic under v4 and 7.3`. */
function kindOf({ type, result, verdict }: ReplayEvent, policies: readonly PolicyName[]): string {
  const under = groupBy(policies, (policy) => VERDICT_WORDS[verdict[policy] ?? 'undecidable']);
  return `${printable(type)}: ${result}: ${Array.from(under, ([words, names]) => `${words} under ${names.join(' and ')}`).join(', ')}`;
}

function describe({ host, time, uptime, pfn, crash, killed, source }: ReplayEvent): string[] {
  const when = time ?? (uptime === null ? null : `[${uptime.toFixed(6)}]`);
  const dead = killed.length > 0 ? `killed ${killed.map(({ comm, pid }) => `${comm}:${pid}`).join(', ')}` : null;
  return [
    `      ${[when, host, pfn, dead, `${source.file}:${source.line}`].filter((part) => part !== null).map(printable).join('  ')}`,
    ...(crash ? [`          ${crash.after === null ? 'then' : `${crash.after.toFixed(1)} s later`}: ${printable(crash.text)}${crash.at === null ? '' : ` (${printable(crash.at)})`}`] : []),
  ];
}

/** What was left out, and what could not be read. */
function notes({ events, totals }: Summary): string[] {
  const { malformed } = totals;
  const facts: readonly (readonly [number, string, string])[] = [
    [events.filter(({ revoked }) => revoked).length, 'failure', 'unpoisoned again, not counted'],
    [events.filter(({ duplicate_of }) => duplicate_of).length, 'failure', 'reported before, not counted'],
    [events.filter((event) => counts(event) && event.injected).length, 'failure', 'injected by a test, counted'],
    [totals.leftOut, 'failure', 'left out by --host, --since or --until'],
    [malformed.unfinished, 'line', 'cut off before its result'],
    [malformed.invalidUtf8, 'line', 'not in UTF-8'],
    [malformed.json, 'line', 'of broken JSON or journal entries'],
    [malformed.truncated, 'packed file', 'ending too early'],
    [totals.unreadable, 'file', 'not readable'],
  ];
  const lines = facts.filter(([count]) => count > 0).map(([count, noun, what]) => `  ${many(count, noun)} ${what}`);
  return lines.length === 0 ? [] : ['', 'Besides:', ...lines];
}

/** Rows below a head: the first column begins, the others end at the same place. */
function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const lines = [head, ...rows.map((row) => row.map((cell) => (typeof cell === 'number' ? grouped(cell) : cell)))];
  return columns(lines, { right: (column) => column > 0 }).map((line) => `  ${line}`.trimEnd()).join('\n');
}
