import { printable } from '../../abi/printable.ts';
import type { ReplayEvent } from '../history/event.ts';
import type { Source } from '../line/log-line.ts';

const place = ({ file, line }: Source): string => `${file}:${line}`;

/** The columns of `--csv`, in order. Several values in one field have blanks between them. */
const COLUMNS: readonly (readonly [name: string, value: (event: ReplayEvent) => string | number | null | undefined])[] = [
  ['time', ({ time }) => time],
  ['uptime', ({ uptime }) => uptime],
  ['host', ({ host }) => host],
  ['kernel', ({ kernel }) => kernel],
  ['pfn', ({ pfn }) => pfn],
  ['type', ({ type }) => type],
  ['result', ({ result }) => result],
  ['v4', ({ verdict }) => verdict.v4],
  ['7.3', ({ verdict }) => verdict['7.3']],
  ['reason', ({ reason }) => reason],
  ['killed', ({ killed }) => killed.map(({ comm, pid }) => `${comm}:${pid}`).join(' ')],
  ['crash', ({ crash }) => crash?.text],
  ['crash_after', ({ crash }) => crash?.after],
  ['injected', ({ injected }) => (injected ? 'yes' : '')],
  ['revoked', ({ revoked }) => revoked && place(revoked.source)],
  ['duplicate_of', ({ duplicate_of }) => duplicate_of && place(duplicate_of)],
  ['source', ({ source }) => place(source)],
];

/** The line with the names of the columns, without its newline. */
export const CSV_HEAD = COLUMNS.map(([name]) => name).join(',');

/** An event as a line of CSV (RFC 4180), without its newline. */
export function csvLine(event: ReplayEvent): string {
  return COLUMNS.map(([, value]) => field(String(value(event) ?? ''))).join(',');
}

/** A text from a log may look like a formula to a spreadsheet: an apostrophe in front makes it text. */
function field(given: string): string {
  const text = printable(given);
  const safe = /^[=+\-@\t]/.test(text) && !/^-?\d+(?:\.\d+)?$/.test(text) ? `'${text}` : text;
  return /[",]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
