import { printable } from '../../abi/printable.ts';
import type { Finding } from '../finding.ts';
import { onKernels, type Report } from './report.ts';

/** How a word is shown on a terminal with colours. */
export type Paint = (how: 'error' | 'warning' | 'file' | 'faint', text: string) => string;

/** Findings for a person: a line each, grouped by file, and what was checked at the end. */
export function tableLines({ findings, files, settings, hosts, kernels }: Report, paint: Paint): string[] {
  const blocks = [...groupByFile(findings)].flatMap(([file, of]) => [paint('file', printable(file)), ...rows(of, kernels, paint), '']);
  return [...blocks, summary(findings, files, settings, hosts, kernels)];
}

function groupByFile(findings: readonly Finding[]): Map<string, Finding[]> {
  const groups = new Map<string, Finding[]>();
  for (const each of findings) {
    const group = groups.get(each.file);
    if (group === undefined) groups.set(each.file, [each]);
    else group.push(each);
  }
  return groups;
}

/** A column wider than this is not padded. */
const WIDEST_SETTING = 60;

function rows(findings: readonly Finding[], kernels: readonly string[], paint: Paint): string[] {
  const cells = findings.map((finding) => {
    const { line, severity, kind, setting, value, message } = finding;
    const what = setting === null ? value ?? '' : `${setting}${value === null ? '' : ` = ${value}`}`;
    const where = onKernels(finding, kernels);
    return { line: line === null ? '' : String(line), severity, kind, what: cut(printable(what)), message: printable(message), where };
  });
  const width = (of: (cell: (typeof cells)[number]) => string): number => Math.max(0, ...cells.map((cell) => of(cell).length));
  const widths = { line: Math.max(4, width(({ line }) => line)), kind: width(({ kind }) => kind), what: width(({ what }) => what) };
  return cells.map(({ line, severity, kind, what, message, where }) => [
    ` ${line.padStart(widths.line)}`, paint(severity, severity.padEnd('warning'.length)), kind.padEnd(widths.kind),
    ...(widths.what === 0 ? [] : [what.padEnd(widths.what)]), `${message}${where === '' ? '' : paint('faint', ` (${where})`)}`,
  ].join('  '));
}

function cut(text: string): string {
  return text.length <= WIDEST_SETTING ? text : `${text.slice(0, WIDEST_SETTING - 1)}…`;
}

function summary(findings: readonly Finding[], files: number, settings: number, hosts: number, kernels: readonly string[]): string {
  const of = (severity: Finding['severity']): number => findings.filter((each) => each.severity === severity).length;
  const found = findings.length === 0 ? 'nothing found' : `${many(of('error'), 'error')}, ${many(of('warning'), 'warning')}`;
  const where = hosts === 0 ? '' : ` of ${many(hosts, 'host')}`;
  return `${many(settings, 'setting')} in ${many(files, 'file')}${where}, on ${many(kernels.length, 'kernel')} (${kernels.join(', ')}): ${found}`;
}

function many(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
