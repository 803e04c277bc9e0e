import { latin1Bytes } from '../kernel/sysctl/ctl-table.ts';

/** A text of one byte a character in the form that people read: its bytes are mostly UTF-8. */
export function readable(text: string): string {
  return /^[ -~]*$/.test(text) ? text : new TextDecoder().decode(latin1Bytes(text));
}

/**
 * Whether a file that shows `shown` has what was written to it. Numbers count by value, a vector as far as it was written, lists of numbers
 * (`1,3-5`) by what is in them, and blanks count as one.
 */
export function saysTheSame(written: string, shown: string): boolean {
  const [wanted, found] = [wordsOf(written), wordsOf(shown)];
  if (wanted.length === 0) return found.length === 0;
  if (wanted.every((word, index) => sameWord(word, found[index]))) return wanted.length === found.length || wanted.every(isNumber);
  const [left, right] = [rangesOf(written), rangesOf(shown)];
  return left !== undefined && left === right;
}

function wordsOf(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

function isNumber(word: string): boolean {
  return numberOf(word) !== undefined;
}

function sameWord(a: string, b: string | undefined): boolean {
  if (b === undefined || a === b) return a === b;
  const number = numberOf(a);
  return number !== undefined && number === numberOf(b);
}

/** A number as the kernel reads it: decimal, 0x hexadecimal or 0 octal. */
function numberOf(word: string): bigint | undefined {
  const [, minus, digits = ''] = /^(-?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*)$/.exec(word) ?? [];
  if (digits === '') return undefined;
  const magnitude = BigInt(/^0[0-7]/.test(digits) ? `0o${digits.slice(1)}` : digits);
  return minus === '-' ? -magnitude : magnitude;
}

/** A list of numbers and ranges in one form: sorted, with adjacent ranges joined. Undefined if it is no such list. */
function rangesOf(text: string): string | undefined {
  const list = text.trim().replace(/,$/, '');
  if (!/^\d{1,9}(?:-\d{1,9})?(?:,\d{1,9}(?:-\d{1,9})?)*$/.test(list)) return undefined;
  const ranges = list.split(',').map((part) => part.split('-').map(Number)).map(([first = 0, last = first]) => ({ first, last }));
  ranges.sort((a, b) => a.first - b.first);
  const joined: { first: number; last: number }[] = [];
  for (const range of ranges) {
    const before = joined.at(-1);
    if (before !== undefined && range.first <= before.last + 1) before.last = Math.max(before.last, range.last);
    else joined.push({ ...range });
  }
  return joined.map(({ first, last }) => `${first}-${last}`).join(',');
}
