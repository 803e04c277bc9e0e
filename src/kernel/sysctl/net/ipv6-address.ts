/** What a character is, and what may come next, as bits: those of in6_pton(). */
const XDIGIT = 0x10000;
const DIGIT = 0x20000;
const COLONS = 0x700000;
/** A single colon, the second of two, and the first of two. */
const COLON_1 = 0x100000;
const COLON_2 = 0x200000;
const COLON_1_2 = 0x400000;
const DOT = 0x800000;
const DELIM = 0x10000000;
const NULL = 0x20000000;

const BYTES = 16;

/** Any character that has no place in an address ends it. Mirrors xdigit2bin() without a delimiter. */
function kindOf(character: string | undefined): number {
  if (character === ':') return COLONS;
  if (character === '.') return DOT;
  const value = character === undefined || !/[0-9a-fA-F]/.test(character) ? -1 : Number.parseInt(character, 16);
  return value < 0 ? DELIM : value | XDIGIT | (value < 10 ? DIGIT : 0);
}

/** The four bytes of an IPv4 address that begins a text. Mirrors in4_pton() (net/core/utils.c). */
function in4Pton(text: string): readonly number[] | undefined {
  const bytes: number[] = [];
  let word = 0;
  for (const character of [...text, undefined]) {
    const kind = kindOf(character);
    if ((kind & (DIGIT | DOT | DELIM | COLONS)) === 0) return undefined;
    if ((kind & (DOT | DELIM | COLONS)) !== 0) {
      if (word === 0) return undefined;
      bytes.push(word & 0xff);
      word = 0;
      if ((kind & (DELIM | COLONS)) !== 0) return bytes.length === 4 ? bytes : undefined;
    } else {
      word = word * 10 + kind;
      if ((word & 0xffff) > 255) return undefined;
    }
    if (bytes.length >= 4) return undefined;
  }
  return undefined;
}

/**
 * The 16 bytes of an IPv6 address that begins a text, undefined where none does: groups of hexadecimal digits up to ffff, `::` once, an IPv4
 * address at the end. What follows does not count, nor how many zeros a group begins with. Mirrors in6_pton() (net/core/utils.c).
 */
export function in6Pton(text: string): Uint8Array | undefined {
  const bytes: number[] = [];
  /** Where `::` is. */
  let gap: number | undefined;
  let state = COLON_1_2 | XDIGIT | NULL;
  let word = 0;
  let token = 0;
  for (let at = 0; ; at += 1) {
    const kind = kindOf(text[at]);
    if ((kind & state) === 0) return undefined;
    if ((kind & (DELIM | COLONS)) !== 0) {
      if ((state & NULL) === 0) bytes.push((word >> 8) & 0xff, word & 0xff);
      word = 0;
      if ((kind & DELIM) !== 0) break;
      if ((state & COLONS) === COLON_2) gap = bytes.length;
      state = afterColon(state, bytes.length);
      token = at + 1;
    } else if ((kind & DOT) !== 0) {
      const ipv4 = in4Pton(text.slice(token));
      if (ipv4 === undefined) return undefined;
      bytes.push(...ipv4);
      break;
    } else {
      word = (word << 4) | (kind & 0xff);
      state = COLON_1 | DELIM | ((word & 0xf000) === 0 ? XDIGIT : 0);
      if (gap === undefined && bytes.length + 2 < BYTES) state = (state | COLON_1_2) & ~DELIM;
      if (bytes.length + 2 >= BYTES) state &= ~(COLON_1 | COLON_1_2);
    }
    if ((gap !== undefined && bytes.length + 4 < BYTES) || bytes.length + 4 === BYTES) state |= DOT;
    if (bytes.length >= BYTES) state &= ~(XDIGIT | COLONS);
  }
  const missing = Array<number>(BYTES - bytes.length).fill(0);
  return Uint8Array.from(gap === undefined ? [...bytes, ...missing] : [...bytes.slice(0, gap), ...missing, ...bytes.slice(gap)]);
}

/** What may follow a colon that came in this state, after this many bytes. */
function afterColon(state: number, bytes: number): number {
  switch (state & COLONS) {
    case COLON_2: return XDIGIT | DELIM | (bytes >= BYTES ? NULL : 0);
    case COLON_1 | COLON_1_2: return XDIGIT | COLON_2;
    case COLON_1: return XDIGIT;
    case COLON_1_2: return COLON_2;
    default: return 0;
  }
}

/** An address with all its digits, as `%pI6` of printk() prints it: 2001:0db8:0000:0000:0000:0000:0000:0001. */
export function formatIpv6(address: Uint8Array): string {
  return [...address].map((byte) => byte.toString(16).padStart(2, '0')).join('').replace(/(.{4})(?!$)/g, '$1:');
}
