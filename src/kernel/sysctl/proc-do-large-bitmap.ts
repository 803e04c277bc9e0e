import { ERRNO } from '../../abi/errno.ts';
import { type CtlTable, latin1Bytes, type ProcHandler } from './ctl-table.ts';
import { procGetLong } from './proc-get-long.ts';
import { stringOf } from './proc-dostring.ts';

/** The rest of a longer write is left for the next one (PAGE_SIZE - 1). */
const LONGEST_PART = 4095;
const [MINUS, COMMA, NEWLINE, NUL] = [0x2d, 0x2c, 0x0a, 0];
const AFTER_FIRST = [MINUS, COMMA, NEWLINE];
const AFTER_LAST = [COMMA, NEWLINE, NUL];

/** The bits of a text such as `80,8000-8002`, as ranges that do not touch, in order. */
export type Range = readonly [first: number, last: number];

/** The ranges of a bitmap's text. */
export function rangesOf(text: string): Range[] {
  if (text === '') return [];
  return text.split(',').map((part) => {
    const [first = '', last = first] = part.split('-');
    return [Number(first), Number(last)];
  });
}

/** The text of ranges in any order, which may touch. */
export function rangesText(ranges: readonly Range[]): string {
  const merged: [number, number][] = [];
  for (const [first, last] of [...ranges].sort(([a], [b]) => a - b)) {
    const previous = merged.at(-1);
    if (previous && first <= previous[1] + 1) previous[1] = Math.max(previous[1], last);
    else merged.push([first, last]);
  }
  return merged.map(([first, last]) => (first === last ? String(first) : `${first}-${last}`)).join(',');
}

/** The ranges of a write, and how many bytes they took; or a negative errno. */
function parse(data: Uint8Array, bits: number): { readonly ranges: readonly Range[]; readonly taken: number } | number {
  const end = Math.min(data.length, LONGEST_PART);
  const cut = data.length > end;
  const skipNewlines = (from: number): number => {
    let at = from;
    while (at < end && data[at] === NEWLINE) at += 1;
    return at;
  };
  const ranges: Range[] = [];
  // The separator after the last number. A number at the end of the data does not change it.
  let separator = NUL;
  let at = skipNewlines(0);
  while (at < end) {
    const begin = at;
    const first = procGetLong(data, at, end, AFTER_FIRST);
    const afterFirst = typeof first === 'number' ? at : first.next;
    // A number may continue beyond this part: it is left for the next write.
    if (cut && end - afterFirst <= 1) return { ranges, taken: begin };
    if (typeof first === 'number') return first;
    if (first.negative || first.magnitude >= BigInt(bits)) return -ERRNO.EINVAL;
    at = first.next;
    let last = first;
    if (at < end) {
      separator = data[at] ?? NUL;
      at += 1;
    }
    if (separator === MINUS) {
      const second = procGetLong(data, at, end, AFTER_LAST);
      const afterSecond = typeof second === 'number' ? at : second.next;
      if (cut && afterSecond === end) return { ranges, taken: begin };
      if (typeof second === 'number') return second;
      if (second.negative || second.magnitude >= BigInt(bits) || second.magnitude < first.magnitude) return -ERRNO.EINVAL;
      last = second;
      at = second.next;
      if (at < end) {
        separator = data[at] ?? NUL;
        at += 1;
      }
    }
    ranges.push([Number(first.magnitude), Number(last.magnitude)]);
    at = skipNewlines(at);
  }
  return { ranges, taken: at };
}

/** The number of bits of a bitmap: `maxlen` of its row. */
function bitsOf(entry: CtlTable): number {
  return entry.maxlen ?? 0;
}

/**
 * A bitmap of `maxlen` bits, as ranges of numbers: `80,8000-8002`. A write at position 0 replaces all, elsewhere it adds.
 * Mirrors proc_do_large_bitmap() (kernel/sysctl.c).
 */
export const procDoLargeBitmap: ProcHandler = {
  read(host, entry, position, length) {
    return latin1Bytes(position === 0 ? `${stringOf(host, entry.name)}\n`.slice(0, length) : '');
  },
  write(host, entry, position, data) {
    if (data.length === 0) return 0;
    const parsed = parse(data, bitsOf(entry));
    if (typeof parsed === 'number') return parsed;
    const kept = position === 0 ? [] : rangesOf(stringOf(host, entry.name));
    host.values.set(entry.name, rangesText([...kept, ...parsed.ranges]));
    return parsed.taken;
  },
  takes: (entry) => `numbers from 0 to ${bitsOf(entry) - 1} and ranges of them, such as 80,8000-8002`,
};
