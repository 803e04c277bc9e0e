import { ERRNO } from '../abi/errno.ts';

const DIGITS = { 8: /^[0-7]*/, 10: /^[0-9]*/, 16: /^[0-9a-f]*/i } as const;
const U64_MAX = 2n ** 64n - 1n;

/**
 * The number a C string stands for, in base 0: decimal, 0x hex or 0 octal, a plus sign before it, at most one newline after it, nothing else.
 * -EINVAL for what is no number, -ERANGE for more than 64 bits. The string ends at its first NUL. Mirrors kstrtoull() (lib/kstrtox.c).
 */
export function kstrtoull(bytes: Uint8Array): bigint | number {
  const nul = bytes.indexOf(0);
  const text = String.fromCharCode(...bytes.subarray(0, nul === -1 ? bytes.length : nul)).replace(/^\+/, '');
  const base = /^0x[0-9a-f]/i.test(text) ? 16 : text.startsWith('0') ? 8 : 10;
  const rest = base === 16 ? text.slice(2) : text;
  const digits = DIGITS[base].exec(rest)?.[0] ?? '';
  if (digits === '' || !['', '\n'].includes(rest.slice(digits.length))) return -ERRNO.EINVAL;
  const value = BigInt(base === 16 ? `0x${digits}` : base === 8 ? `0o${digits}` : digits);
  return value > U64_MAX ? -ERRNO.ERANGE : value;
}
