import fc from '../../support/fast-check.ts';
import { isWithin } from './host-files.ts';
import type { HostFile } from './host-files.ts';

/** One operation, in the words of sysseq.c. */
type Operation = string;

/** Operations on one file. At the beginning and at the end it is closed and has its old value. */
export interface Case {
  readonly file: HostFile;
  readonly operations: readonly Operation[];
}

const INT_MAX = 2n ** 31n - 1n;

/** Limits of the kernel's types, of single files, and of the conversion from seconds to ticks at the usual rates. */
const LANDMARKS: readonly bigint[] = [
  0n, 1n, 2n, 8n, 10n, 16n, 31n, 32n, 64n, 100n, 200n, 500n, 1000n, 3000n, 4096n, 8192n, 65_536n,
  ...[100n, 250n, 300n, 1000n].map((hz) => INT_MAX / hz),
  2n ** 31n, 2n ** 32n, 2n ** 44n - 4096n, 2n ** 52n, 2n ** 63n, 2n ** 64n, 10n ** 19n, 10n ** 20n,
];

/** Limits that are in a file's handler and not in its row. */
const HANDLER_LIMITS: Readonly<Record<string, readonly bigint[]>> = {
  dirty_background_bytes: [4096n * (2n ** 32n - 1n), 2n ** 64n - 4096n],
  dirty_bytes: [4096n * (2n ** 32n - 1n), 2n ** 64n - 4096n],
  laptop_mode: [INT_MAX / 250n],
  percpu_pagelist_high_fraction: [8n],
};

const anyLength = fc.nat(70).chain((bits) => fc.bigInt(0n, 2n ** BigInt(bits)));

/** Numbers for a file: near limits, also its own, and of any length. For a bounded file they are within its bounds. */
function magnitude({ entry, bounds }: HostFile): fc.Arbitrary<bigint> {
  if (bounds) return fc.bigInt(bounds.least, bounds.most);
  const [least, most] = [entry.extra1, entry.extra2].map((bound) => (typeof bound === 'bigint' ? bound : undefined));
  const limits = [least ?? 0n, ...(most === undefined ? [2n ** 31n, 2n ** 64n] : [most])];
  const own = [...limits, ...(HANDLER_LIMITS[entry.procname] ?? [])];
  const near = (places: readonly bigint[]): fc.Arbitrary<bigint> =>
    fc.tuple(fc.constantFrom(...places), fc.bigInt(-2n, 2n)).map(([limit, by]) => (limit + by < 0n ? 0n : limit + by));
  return fc.oneof(
    { weight: 3, arbitrary: near(own) }, { weight: 3, arbitrary: near(LANDMARKS) }, { weight: 2, arbitrary: anyLength },
    { weight: 2, arbitrary: fc.bigInt(least ?? 0n, most ?? 10_000n) },
  );
}

const BASES = [
  (value: bigint) => ['', value.toString()],
  (value: bigint) => ['0x', value.toString(16)],
  (value: bigint) => ['0X', value.toString(16).toUpperCase()],
  (value: bigint) => ['0', value.toString(8)],
] as const;
const base = fc.oneof({ weight: 5, arbitrary: fc.constant(BASES[0]) }, { weight: 3, arbitrary: fc.constantFrom(...BASES) });
const sign = fc.oneof(
  { weight: 6, arbitrary: fc.constant('') },
  { weight: 2, arbitrary: fc.constant('-') },
  { weight: 1, arbitrary: fc.constantFrom('+', '--', '- ', '-+') },
);
/** Lengths of a number with leading zeros, sign and prefix included. At 21 the kernel stops reading. */
const padding = fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 18, max: 24 }) });

function number(file: HostFile): fc.Arbitrary<string> {
  return fc.tuple(magnitude(file), base, sign, padding).map(([value, inBase, minus, length]) => {
    const [prefix = '', digits = ''] = inBase(value);
    return minus + prefix + digits.padStart(length - minus.length - prefix.length, '0');
  });
}

/** What lies between numbers and around them: what the kernel accepts as a space, and what it does not. */
const separator = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(' ', '\t', '\n', '  ', ' \n', '\t \t') },
  { weight: 3, arbitrary: fc.constantFrom('\v', '\f', '\r', '\xa0', '\0', '\0\0', ' \0', '\n\0', ',', ';', '.', '_', '\r\n', ' \v') },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)) },
);
const around = fc.oneof({ weight: 3, arbitrary: fc.constant('') }, { weight: 2, arbitrary: separator });
const word = fc.constantFrom(
  'Node', 'node', 'default', 'D', 'n', 'Zone', 'on', 'x', '0x', '0X', '-', '+', '-0', '08', '0x0g', '1e3', '1.5', '1_000', 'a', '\xff', '\0', '',
);
const garbage = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('latin1'));
/** Lengths about one, two and three pages, and any in between. */
const pages = fc.oneof(
  fc.tuple(fc.constantFrom(4096, 8192, 12_288), fc.integer({ min: -3, max: 3 })).map(([length, by]) => length + by), fc.nat(13_000),
);

function text(file: HostFile): fc.Arbitrary<string> {
  const one = number(file);
  const vector = fc.array(fc.tuple(one, separator), { minLength: 1, maxLength: 7 }).map((pairs) => pairs.flat().join(''));
  const long = fc.tuple(fc.constantFrom(' ', '\n', '\0', '0', '1', 'a', '\t'), pages, fc.oneof(one, fc.constant('')), fc.boolean())
    .map(([filler, length, digits, first]) => {
      const filled = filler.repeat(Math.max(0, length - digits.length));
      return first ? digits + filled : filled + digits;
    });
  return fc.oneof(
    { weight: 10, arbitrary: fc.tuple(around, typeof file.entry.boot === 'string' ? word : one, around).map((parts) => parts.join('')) },
    { weight: Array.isArray(file.entry.boot) && file.entry.boot.length > 1 ? 20 : 4, arbitrary: vector },
    { weight: 3, arbitrary: fc.array(fc.oneof(one, separator, word), { maxLength: 6 }).map((parts) => parts.join('')) },
    { weight: 2, arbitrary: garbage },
    { weight: 1, arbitrary: long },
  );
}

/** Bytes to write to a file. */
function data(file: HostFile): fc.Arbitrary<Buffer> {
  return text(file).filter((characters) => isSafe(file, characters)).map((characters) => Buffer.from(characters, 'latin1'));
}

function isSafe({ bounds }: HostFile, characters: string): boolean {
  return bounds === undefined || isWithin(characters, bounds);
}

const hex = (bytes: Uint8Array): string => (bytes.length === 0 ? '-' : Buffer.from(bytes).toString('hex'));

/** Opens a file for writing, makes one write(2), and closes it. */
export function writeCase(files: readonly HostFile[]): fc.Arbitrary<Case> {
  return fc.constantFrom(...files).chain((file) =>
    data(file).map((bytes) => ({ file, operations: [`set ${file.entry.procname} ${hex(bytes)}`] })));
}

/** How a file is opened, in the words of sysseq.c. */
function openFlags(append: boolean): fc.Arbitrary<string> {
  return fc.tuple(
    fc.constantFrom('RDONLY', 'WRONLY', 'RDWR', 'RDWR', 'RDWR'),
    fc.subarray(['TRUNC', 'CREAT', 'NONBLOCK']),
    fc.oneof({ weight: 20, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: fc.constantFrom(['EXCL'], ['CREAT', 'EXCL'], ['DIRECTORY']) }),
  ).map(([mode, ...more]) => [...new Set([mode, ...(append ? ['APPEND'] : []), ...more.flat()])].join('|'));
}

const position = fc.oneof(
  { weight: 3, arbitrary: fc.constant(0n) },
  { weight: 4, arbitrary: fc.bigInt(0n, 12n) },
  { weight: 2, arbitrary: fc.constantFrom(50n, 4095n, 4096n, 4097n, 65_536n) },
  { weight: 1, arbitrary: fc.constantFrom(2n ** 31n - 1n, 2n ** 31n, 2n ** 32n, 2n ** 32n + 1n, 2n ** 40n, 2n ** 53n + 1n) },
  { weight: 1, arbitrary: fc.constantFrom(2n ** 63n - 4096n, 2n ** 63n - 1n, -1n, -10n) },
);
const length = fc.oneof(
  { weight: 3, arbitrary: fc.nat(12) },
  { weight: 2, arbitrary: fc.constantFrom(21, 100, 512, 4095, 4096, 4097, 65_536, 131_072) },
);

function operation(file: HostFile, append: boolean, positions: boolean): fc.Arbitrary<Operation> {
  const bytes = data(file).map(hex);
  const counts = fc.constantFrom(1, 2, 10, 21, 22, 4094, 4095, 4096, 4097, 8192, 65_536);
  const repeated = fc.tuple(fc.constantFrom('0', '1', ' ', '\n', '\0', 'a'), counts)
    .filter(([character, count]) => isSafe(file, character.repeat(count)));
  const anywhere = positions ? 2 : 0;
  return fc.oneof(
    { weight: 3, arbitrary: bytes.map((written) => `write ${written}`) },
    { weight: 3, arbitrary: length.map((count) => `read ${count}`) },
    { weight: anywhere, arbitrary: fc.tuple(position, bytes).map(([at, written]) => `pwrite ${at} ${written}`) },
    { weight: anywhere, arbitrary: fc.tuple(length, position).map(([count, at]) => `pread ${count} ${at}`) },
    { weight: anywhere, arbitrary: fc.tuple(position, fc.integer({ min: 0, max: 2 })).map(([by, whence]) => `lseek ${by} ${whence}`) },
    { weight: 1, arbitrary: repeated.map(([character, count]) => `writerep ${hex(Buffer.from(character))} ${count}`) },
    { weight: 1, arbitrary: position.map((size) => `ftruncate ${size}`) },
    { weight: 1, arbitrary: fc.constantFrom('fsync', 'close') },
    { weight: 1, arbitrary: openFlags(append).map((flags) => `open ${file.entry.procname} ${flags}`) },
  );
}

/**
 * The form of a sequence of operations. With O_APPEND it mostly leaves the position alone, because FUSE cannot follow there (see
 * MOUNT_LIMITS).
 */
const kind = fc.oneof(
  { weight: 80, arbitrary: fc.constant({ append: false, positions: true }) },
  { weight: 10, arbitrary: fc.constant({ append: true, positions: false }) },
  { weight: 1, arbitrary: fc.constant({ append: true, positions: true }) },
);

/** Opens a file in some way, does up to ten operations on it, and closes it. */
export function sequenceCase(files: readonly HostFile[]): fc.Arbitrary<Case> {
  return fc.tuple(fc.constantFrom(...files), kind).chain(([file, { append, positions }]) =>
    fc.tuple(openFlags(append), fc.array(operation(file, append, positions), { minLength: 1, maxLength: 10 })).map(([flags, operations]) => (
      { file, operations: [`open ${file.entry.procname} ${flags}`, ...operations, 'close'] }
    )));
}
