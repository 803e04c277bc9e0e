// How an input is recognized as packed, and the ways in which it cannot be read. Reading it is loaded only for such an input: compression.ts.

/** What a file may be packed with, and its first bytes. */
export const MAGIC = {
  gzip: [0x1f, 0x8b],
  zstd: [0x28, 0xb5, 0x2f, 0xfd],
  xz: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00],
  bzip2: [0x42, 0x5a, 0x68],
  'the journal': [0x4c, 0x50, 0x4b, 0x53, 0x48, 0x48, 0x52, 0x48],
  SQLite: [...Buffer.from('SQLite format 3\0')],
} as const satisfies Readonly<Record<string, readonly number[]>>;

export type PackingName = keyof typeof MAGIC;

const NAMES = Object.keys(MAGIC) as PackingName[];

export const MAGIC_BYTES = Math.max(...NAMES.map((name) => MAGIC[name].length));

/** What content that begins with these bytes is packed with. Undefined for plain text. */
export function packingOf(first: Uint8Array): PackingName | undefined {
  return NAMES.find((name) => MAGIC[name].every((byte, n) => first[n] === byte));
}

/** A packed file could not be read to its end, or is damaged; the message has the reason. All that could be unpacked was read. */
export class TruncatedError extends Error {}

/** The tool that a file needs is not installed. */
export class NoToolError extends Error {}

/** A file that is not a database of rasdaemon. */
export class UnusableError extends Error {}
