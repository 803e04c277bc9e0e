const GROUPS = 8;

/**
 * The 16 bytes of an IPv6 address; undefined if the text is none: groups of up to four hexadecimal digits, `::` once, an IPv4 address at
 * the end. Mirrors in6_pton() (net/core/utils.c).
 */
export function in6Pton(text: string): Uint8Array | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head, tail] = [groupsOf(halves[0] ?? '', halves.length === 1), halves.length === 2 ? groupsOf(halves[1] ?? '', true) : []];
  if (head === undefined || tail === undefined) return undefined;
  const missing = GROUPS - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 0) return undefined;
  const groups = [...head, ...Array<number>(missing).fill(0), ...tail];
  return Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff]));
}

/** The groups of a part without `::`; those at the end of an address may be an IPv4 address. */
function groupsOf(text: string, last: boolean): number[] | undefined {
  if (text === '') return [];
  const words = text.split(':');
  const groups: number[] = [];
  for (const [index, word] of words.entries()) {
    const bytes = last && index === words.length - 1 ? ipv4Bytes(word) : undefined;
    if (bytes) groups.push((bytes[0] << 8) | bytes[1], (bytes[2] << 8) | bytes[3]);
    else if (/^[0-9a-fA-F]{1,4}$/.test(word)) groups.push(Number.parseInt(word, 16));
    else return undefined;
  }
  return groups;
}

function ipv4Bytes(word: string): readonly [number, number, number, number] | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(word);
  const [a = 256, b = 256, c = 256, d = 256] = match?.slice(1).map(Number) ?? [];
  return [a, b, c, d].every((byte) => byte < 256) ? [a, b, c, d] : undefined;
}

/** An address with all its digits, as `%pI6` of printk() prints it: 2001:0db8:0000:0000:0000:0000:0000:0001. */
export function formatIpv6(address: Uint8Array): string {
  return [...address].map((byte) => byte.toString(16).padStart(2, '0')).join('').replace(/(.{4})(?!$)/g, '$1:');
}
