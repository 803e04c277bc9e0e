import type { Case } from './host-cases.ts';
import { keepsValue, restoreOrder } from './host-files.ts';
import type { Values } from './host-files.ts';
import type { LeftOut } from './left-out.ts';

/**
 * A script of sysseq.c made of cases, and the line at which each begins. The lines before, between and after them look at all files at
 * once.
 */
export interface Script {
  readonly cases: readonly Case[];
  readonly lines: readonly string[];
  readonly starts: readonly number[];
}

/** After this number of cases all files are compared, not only the one that was written and those that change with it. */
const CASES_BETWEEN_SWEEPS = 400;

const hexText = (value: string): string => Buffer.from(value, 'latin1').toString('hex');

/** The cases as one script. After each, its file and the files that change with it are read, and set to `values` again. */
export function scriptOf(cases: readonly Case[], values: Values): Script {
  const lines = ['snap'];
  const starts: number[] = [];
  for (const [index, { file, operations }] of cases.entries()) {
    starts.push(lines.length);
    lines.push(...operations);
    lines.push(...file.family.filter(keepsValue).map(({ procname }) => `cat ${procname}`));
    lines.push(...restoreOrder(file.family, values).map(({ procname }) => `set ${procname} ${hexText(values.get(procname) ?? '')}`));
    if ((index + 1) % CASES_BETWEEN_SWEEPS === 0 || index + 1 === cases.length) lines.push('changed');
  }
  return { cases, lines, starts };
}

/** The answers of sysseq, one for each line of its script. */
export function answersOf(output: string): string[] {
  return output.trimEnd().split('\n').map((line) => /=> ?(.*)$/s.exec(line)?.[1]?.trimEnd() ?? line);
}

export interface Comparison {
  /** Cases that were compared, and how many of them had no difference. */
  readonly compared: number;
  readonly identical: number;
  /** How many cases each row left out. */
  readonly leftOut: ReadonlyMap<LeftOut, number>;
  /** Each difference, as a text for people. */
  readonly differences: readonly string[];
}

/** Compares the answers of this machine with those of the emulation, case by case. `files`: the names of those that both have. */
export function compare(
  script: Script, host: readonly string[], ours: readonly string[], files: readonly string[], rows: readonly LeftOut[],
): Comparison {
  const differences: string[] = [];
  const leftOut = new Map(rows.map((row) => [row, 0]));
  let compared = 0;
  let identical = 0;
  for (const [at, one] of script.cases.entries()) {
    const [start = 0, end = script.lines.length] = script.starts.slice(at, at + 2);
    const row = rows.find(({ concerns }) => concerns(one, ours.slice(start, end)));
    const changes = (answer = ''): string => answer.split(' ').filter((change) => files.includes(change.split('=')[0] ?? '')).sort().join(' ');
    const wrong = new Set<number>();
    for (let index = start; index < end; index += 1) {
      const sweep = script.lines[index] === 'changed';
      const same = sweep ? changes(host[index]) === changes(ours[index]) : host[index] === ours[index];
      if (!same && (sweep || !row)) wrong.add(index);
    }
    if (row) leftOut.set(row, (leftOut.get(row) ?? 0) + 1);
    else compared += 1;
    if (wrong.size > 0) differences.push(shown(script, start, end, host, ours, wrong));
    else if (!row) identical += 1;
  }
  return { compared, identical, leftOut, differences };
}

/** A case with its answers. Both answers if they differ. */
function shown(
  script: Script, start: number, end: number, host: readonly string[], ours: readonly string[], wrong: ReadonlySet<number>,
): string {
  const cut = (text = 'nothing'): string => (text.length > 100 ? `${text.slice(0, 100)}… (${text.length} characters)` : text);
  return script.lines.slice(start, end).map((line, offset) => {
    const index = start + offset;
    const [theirs, own] = [`${cut(line)} => ${cut(host[index])}`, `${cut(line)} => ${cut(ours[index])}`];
    return wrong.has(index) ? `- ${theirs}   (Linux)\n+ ${own}   (here)` : `  ${theirs}`;
  }).join('\n');
}
