import { printable } from '../../abi/printable.ts';
import type { SysctlValue } from '../../kernel/sysctl/ctl-table.ts';
import { columns } from '../../language/columns.ts';
import { type ReportedSysctl, valueText } from './report.ts';

/** The values of sysctls at one time, by dotted name. */
export type SysctlValues = ReadonlyMap<string, SysctlValue>;

/** An open(2) for writing that was refused. */
export interface RefusedOpen {
  readonly name: string;
  /** The name of the errno. */
  readonly result: string;
  readonly comm: string;
}

/**
 * What `--diff` prints: a line for each sysctl that has another value than before, by whatever way; for each write, and each open for writing, that
 * was refused; and for each sysctl to which different values were written one after the other. Mirrors diff(1) in that what did not change is not
 * printed.
 */
export function diffLines(
  before: SysctlValues, after: SysctlValues, writes: readonly ReportedSysctl[], refusedOpens: readonly RefusedOpen[],
): string[] {
  // A name with # is a variable of a handler, and no file.
  const names = [...new Set([...before.keys(), ...after.keys()])].filter((name) => !name.includes('#')).sort();
  const taken = new Map<string, ReportedSysctl[]>();
  for (const write of writes) if (write.result === 'ok') taken.set(write.name, [...(taken.get(write.name) ?? []), write]);
  const rows = [
    ...names.flatMap((name): Row[] => {
      const [old, now] = [shown(before.get(name)), shown(after.get(name))];
      return old === now ? [] : [['changed', name, `${old} -> ${now}${taken.has(name) ? '' : ', by a side effect'}`]];
    }),
    ...writes.filter(({ result }) => result !== 'ok').map(({ name, wrote, result, by }): Row => ['refused', name, `${wrote} (${result}), from ${by.comm}`]),
    ...refusedOpens.map(({ name, result, comm }): Row => ['refused', name, `to open it for writing (${result}), from ${comm}`]),
    ...[...taken].flatMap(([name, of]): Row[] => {
      const values = of.map(({ wrote }) => wrote).filter((value, index, all) => index === 0 || value !== all[index - 1]);
      return values.length < 2 ? [] : [['overwritten', name, values.join(', then ')]];
    }),
  ];
  const seen = new Set<string>();
  const once = rows.filter((row) => !seen.has(row.join('\n')) && seen.add(row.join('\n')));
  if (once.length === 0) return ['vmsysctld: no sysctl was changed'];
  return columns(once.map(([what, name, detail]) => [what, name, printable(detail)]));
}

type Row = readonly [what: 'changed' | 'refused' | 'overwritten', name: string, detail: string];

function shown(value: SysctlValue | undefined): string {
  return (valueText(value) ?? '(none)').replaceAll('\t', ' ');
}
