import { ERRNO } from '../../abi/errno.ts';

/** A number of a sysctl write, and where the text continues after it. */
export interface ParsedLong {
  /** Without its sign. */
  readonly magnitude: bigint;
  readonly negative: boolean;
  /** Index of the byte after the last digit. */
  readonly next: number;
}

/** TMPBUFLEN - 1: a number with its sign and prefix must be shorter, or the kernel could not know whether it saw all of it. */
const LONGEST_NUMBER = 21;
const ULONG_MAX = 2n ** 64n - 1n;
/** A number with at most this number of digits, in any base, is exact in a double, which is much faster than bigint. */
const EXACT_DIGITS = 13;
/** Numbers that are written often. To make one is slow: V8 leaves compiled code for it. */
const SMALL: readonly bigint[] = Array.from({ length: 256 }, (_, number) => BigInt(number));
const [TAB, NEWLINE, CARRIAGE_RETURN, SPACE, NO_BREAK_SPACE, MINUS, ZERO, NINE] = [0x09, 0x0a, 0x0d, 0x20, 0xa0, 0x2d, 0x30, 0x39];

/** isspace() of the kernel, whose ctype table is Latin-1: the no-break space counts. Source: lib/ctype.c. */
function isSpace(byte: number): boolean {
  return (byte >= TAB && byte <= CARRIAGE_RETURN) || byte === SPACE || byte === NO_BREAK_SPACE;
}

/** What may follow a number. Fewer than isSpace(): `1\v` is refused, `1 \v` is not. Mirrors proc_wspace_sep. */
const SEPARATORS: readonly number[] = [SPACE, TAB, NEWLINE];

/** Index of the first byte from `start` that is not a space, `end` if there is none. Mirrors proc_skip_spaces() (kernel/sysctl.c). */
export function procSkipSpaces(data: Uint8Array, start: number, end: number): number {
  let index = start;
  while (index < end && isSpace(data[index] ?? 0)) index += 1;
  return index;
}

/**
 * Reads the number that begins at `start`: decimal, 0x hexadecimal or 0 octal, with `-` but not `+` before it, up to `end` or one of
 * `separators`. Returns -EINVAL for anything else, for 21 characters and more, and above 2^64 - 1. Mirrors proc_get_long() and
 * strtoul_lenient() (kernel/sysctl.c).
 */
export function procGetLong(
  data: Uint8Array, start: number, end: number, separators: readonly number[] = SEPARATORS,
): ParsedLong | number {
  // The kernel reads no further. A number that is cut here fails as too long, so a cut never makes another number.
  const limit = Math.min(end, start + LONGEST_NUMBER);
  const negative = data[start] === MINUS;
  const first = negative ? start + 1 : start;
  if (first >= limit || !isDecimal(data[first] ?? 0)) return -ERRNO.EINVAL;
  const { base, digits } = radix(data, first, limit);
  let next = digits;
  let head = 0;
  for (; next < Math.min(limit, digits + EXACT_DIGITS); next += 1) {
    const digit = digitValue(data[next] ?? 0);
    if (digit >= base) break;
    head = head * base + digit;
  }
  let magnitude = SMALL[head] ?? BigInt(head);
  for (; next < limit; next += 1) {
    const digit = digitValue(data[next] ?? 0);
    if (digit >= base) break;
    magnitude = magnitude * BigInt(base) + BigInt(digit);
  }
  if (magnitude > ULONG_MAX || next - start === LONGEST_NUMBER) return -ERRNO.EINVAL;
  if (next < end && !separators.includes(data[next] ?? 0)) return -ERRNO.EINVAL;
  return { magnitude, negative, next };
}

/** Base of a number, and where its digits begin: `0x` counts as a prefix only before a hexadecimal digit. */
function radix(data: Uint8Array, first: number, limit: number): { base: number; digits: number } {
  if (data[first] !== ZERO) return { base: 10, digits: first };
  const lowerX = ((data[first + 1] ?? 0) | 0x20) === 0x78;
  const hexadecimal = lowerX && first + 2 < limit && digitValue(data[first + 2] ?? 0) < 16;
  return hexadecimal ? { base: 16, digits: first + 2 } : { base: 8, digits: first };
}

function isDecimal(byte: number): boolean {
  return byte >= ZERO && byte <= NINE;
}

/** 0 to 15 for a digit in any base, 16 for any other byte. */
function digitValue(byte: number): number {
  if (isDecimal(byte)) return byte - ZERO;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x61 + 10 : 16;
}
