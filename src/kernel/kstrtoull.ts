import { ERRNO } from '../abi/errno.ts';

const DIGITS = { 8: /^[0-7]*/, 10: /^[0-9]*/, 16: /^[0-9a-f]*/i } as const;
const PREFIX = { 8: '0o', 10: '', 16: '0x' } as const;
export const U64_MAX = 2n ** 64n - 1n;

/**
 * The number in a C string: a plus sign may precede it, one newline may follow it, nothing else. In base 0 it is decimal, 0x hex or
 * 0 octal. The string ends at its first NUL. Returns -ERANGE for digits beyond 64 bits, whatever follows them, and -EINVAL for what is no
 * number. Mirrors kstrtoull() (lib/kstrtox.c), which looks for KSTRTOX_OVERFLOW before it looks at what follows the digits.
 */
export function kstrtoull(bytes: Uint8Array, base: 0 | 10 = 0): bigint | number {
  const nul = bytes.indexOf(0);
  const text = String.fromCharCode(...bytes.subarray(0, nul === -1 ? bytes.length : nul)).replace(/^\+/, '');
  const radix = base === 0 ? radixOf(text) : base;
  const rest = radix === 16 ? text.slice(2) : text;
  const digits = DIGITS[radix].exec(rest)?.[0] ?? '';
  if (digits === '') return -ERRNO.EINVAL;
  const value = BigInt(`${PREFIX[radix]}${digits}`);
  if (value > U64_MAX) return -ERRNO.ERANGE;
  return ['', '\n'].includes(rest.slice(digits.length)) ? value : -ERRNO.EINVAL;
}

/** Mirrors _parse_integer_fixup_radix() for base 0: `0x` is a prefix only before a hexadecimal digit. */
function radixOf(text: string): 8 | 10 | 16 {
  if (/^0x[0-9a-f]/i.test(text)) return 16;
  return text.startsWith('0') ? 8 : 10;
}
