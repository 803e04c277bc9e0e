import { AT, FINGERPRINT, HASH, IS, VECTOR } from './needles.ts';

/** The WebAssembly instructions that scan-code.ts is written in. Source: the WebAssembly Core Specification 2.0, section 5.4. */
const OP = {
  block: [0x02, 0x40], loop: [0x03, 0x40], if: [0x04, 0x40], end: [0x0b], br: [0x0c], brIf: [0x0d],
  localGet: [0x20], localSet: [0x21], localTee: [0x22], i32Load: [0x28], i32Load8U: [0x2d], i32Store: [0x36],
  i32Const: [0x41], i32Eq: [0x46], i32GeU: [0x4f], i32Ctz: [0x68], i32Popcnt: [0x69], i32Add: [0x6a], i32Sub: [0x6b], i32Mul: [0x6c], i32And: [0x71],
  i32Or: [0x72], i32Shl: [0x74], i32ShrU: [0x76],
  v128Load: [0xfd, 0x00], v128Const: [0xfd, 0x0c], i8x16Shuffle: [0xfd, 0x0d], i8x16Swizzle: [0xfd, 0x0e], i8x16Eq: [0xfd, 0x23], i8x16Ne: [0xfd, 0x24],
  v128And: [0xfd, 0x4e], v128Or: [0xfd, 0x50], v128AnyTrue: [0xfd, 0x53], i8x16Bitmask: [0xfd, 0x64], i8x16NarrowI16x8U: [0xfd, 0x66],
  i16x8ShrU: [0xfd, 0x8d, 0x01],
} as const;

export type Operation = keyof typeof OP;
/** An instruction: its name, and its immediates: numbers to encode, or bytes as they are. */
export type Instruction = readonly [Operation, ...(number | readonly number[])[]];

const I32 = 0x7f;
const V128 = 0x7b;
const FUNCTION = 0x60;

/** A number as signed LEB128, for i32.const. */
function signed(value: number): number[] {
  const byte = value & 0x7f;
  const rest = value >> 7;
  const done = (rest === 0 && (byte & 0x40) === 0) || (rest === -1 && (byte & 0x40) !== 0);
  return done ? [byte] : [byte | 0x80, ...signed(rest)];
}

/** A number as unsigned LEB128, for everything else. */
function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

function encode([name, ...immediates]: Instruction): number[] {
  const number = name === 'i32Const' ? signed : unsigned;
  return [...OP[name], ...immediates.flatMap((each) => (typeof each === 'number' ? number(each) : each))];
}

function section(id: number, content: readonly number[]): number[] {
  return [id, ...unsigned(content.length), ...content];
}

function name(text: string): number[] {
  return [text.length, ...Array.from(text, (character) => character.charCodeAt(0))];
}

/**
 * A module that exports `find`, a function of two i32 that returns an i32, made of these instructions. After its parameters (locals 0 and
 * 1) come its i32 locals, and then its v128 ones. Its memory is `env.memory`.
 */
export function assemble(locals: { readonly i32: number; readonly v128: number }, code: readonly Instruction[]): Uint8Array {
  const body = [2, locals.i32, I32, locals.v128, V128, ...code.flatMap(encode), ...OP.end];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, [1, FUNCTION, 2, I32, I32, 1, I32]),
    ...section(2, [1, ...name('env'), ...name('memory'), 0x02, 0x00, 1]),
    ...section(3, [1, 0]),
    ...section(7, [1, ...name('find'), 0x00, 0]),
    ...section(10, [1, ...unsigned(body.length), ...body]),
  ]);
}

/** Bytes that the code examines at once. */
const BLOCK = 2 * VECTOR;
const NEWLINE = 10;

/** How far reads that begin before the end may go beyond it. Zeros must be there. */
export const PADDING = BLOCK + FINGERPRINT;

/** Locals: i32 first, then vectors. */
const [FROM, TO, LINES, COUNT, SKIP, PLACE, MASK, IS_WHAT] = [0, 1, 2, 3, 4, 5, 6, 7];
const [FIRST, SECOND, HIGH, EVEN, ODD, HALVES, BEFORE, HITS] = [8, 9, 10, 11, 12, 13, 14, 15];
const [EVEN_LOWER_HALF, LOWER_HALF, NEWLINES, TABLES] = [16, 17, 18, 19];
export const LOCALS = { i32: 6, v128: 15 } as const;

/**
 * The code of find(from, to). It returns the first place from `from` on where a fingerprint may be, or a number not below `to`, and counts
 * the newlines before that place. It is a reduced form of the shuffle of Hyperscan's "Teddy". For each byte of a fingerprint a table gives
 * the possible groups by the lower half of a byte. Where one group is possible for all four bytes, the code checks further. It examines
 * every other place only, and separates bytes at even and at odd places: needles.ts has a fingerprint of every needle for both.
 */
export const SCAN_CODE: readonly Instruction[] = [
  ...constant(EVEN_LOWER_HALF, AT.evenBytesLowerHalf), ...constant(LOWER_HALF, AT.lowerHalf), ...constant(NEWLINES, AT.newline),
  ...[0, 1, 2, 3].flatMap((n) => constant(TABLES + n, AT.tables + n * VECTOR)),
  ['block'],
  ['loop'],
  ['localGet', FROM], ['localGet', TO], ['i32GeU'], ['brIf', 1],
  ...loadBlock(),
  ...compare(),
  ['localGet', HITS], ['v128AnyTrue'],
  ['if'],
  ...lookCloser(3),
  ['end'],
  ['localGet', COUNT], ['localGet', LINES], ['i32Popcnt'], ['i32Add'], ['localSet', COUNT],
  ['localGet', FROM], ['i32Const', BLOCK], ['i32Add'], ['localSet', FROM],
  ['br', 0],
  ['end'],
  ['end'],
  ['i32Const', 0], ['localGet', COUNT], ['i32Store', 2, AT.newlines],
  ['i32Const', 0], ['localGet', HIGH], ['i8x16Bitmask'], ['i32Store', 2, AT.highBytes],
  ['localGet', FROM],
];

function constant(local: number, address: number): Instruction[] {
  return [['i32Const', 0], ['v128Load', 0, address], ['localSet', local]];
}

/**
 * The next two vectors: whether one has a byte beyond ASCII, where newlines are, and the lower halves of the bytes at even and odd places.
 */
function loadBlock(): Instruction[] {
  return [
    ['localGet', FROM], ['v128Load', 0, 0], ['localSet', FIRST], ['localGet', FROM], ['v128Load', 0, VECTOR], ['localSet', SECOND],
    ['localGet', HIGH], ['localGet', FIRST], ['localGet', SECOND], ['v128Or'], ['v128Or'], ['localSet', HIGH],
    ['localGet', FIRST], ['localGet', NEWLINES], ['i8x16Eq'], ['i8x16Bitmask'],
    ['localGet', SECOND], ['localGet', NEWLINES], ['i8x16Eq'], ['i8x16Bitmask'], ['i32Const', VECTOR], ['i32Shl'], ['i32Or'], ['localSet', LINES],
    ...[FIRST, SECOND].flatMap((each): Instruction[] => [['localGet', each], ['localGet', EVEN_LOWER_HALF], ['v128And']]),
    ['i8x16NarrowI16x8U'], ['localSet', EVEN],
    ...[FIRST, SECOND].flatMap((each): Instruction[] => [['localGet', each], ['i32Const', 8], ['i16x8ShrU']]),
    ['i8x16NarrowI16x8U'], ['localGet', LOWER_HALF], ['v128And'], ['localSet', ODD],
  ];
}

/** Sets HITS: the places, in pairs of bytes, whose two pairs (the one before and their own) fit a group. */
function compare(): Instruction[] {
  return [
    ...suits(0), ['localSet', HALVES],
    ['localGet', BEFORE], ['localGet', HALVES], ['i8x16Shuffle', Array.from({ length: VECTOR }, (_, n) => VECTOR - 1 + n)],
    ...suits(2), ['v128And'], ['localSet', HITS],
    ['localGet', HALVES], ['localSet', BEFORE],
  ];
}

/** The groups that each pair of bytes fits, as the n-th byte of a fingerprint and the one after it. */
function suits(n: number): Instruction[] {
  return [['localGet', TABLES + n], ['localGet', EVEN], ['i8x16Swizzle'], ['localGet', TABLES + n + 1], ['localGet', ODD], ['i8x16Swizzle'], ['v128And']];
}

/** The possible roles of the four bytes at a distance from PLACE, by their hash. */
function hashed(offset: number): Instruction[] {
  return [['localGet', PLACE], ['i32Load', 0, offset], ['i32Const', HASH.factor], ['i32Mul'], ['i32Const', HASH.shift], ['i32ShrU'], ['i32Load8U', 0, AT.hashes]];
}

/**
 * Goes through the hits of a block, and leaves by `exit` at one that has the hashes of a fingerprint. The bit of its end is that of its
 * beginning, shifted.
 */
function lookCloser(exit: number): Instruction[] {
  const isNewline = (offset: number): Instruction[] => [['localGet', PLACE], ['i32Load8U', 0, offset], ['i32Const', NEWLINE], ['i32Eq']];
  return [
    ['localGet', HITS], ['v128Const', Array<number>(VECTOR).fill(0)], ['i8x16Ne'], ['i8x16Bitmask'], ['localSet', MASK],
    ['loop'],
    ['localGet', MASK], ['i32Ctz'], ['i32Const', 1], ['i32Shl'], ['localSet', SKIP],
    ['localGet', FROM], ['localGet', SKIP], ['i32Add'], ['i32Const', 2], ['i32Sub'], ['localSet', PLACE],
    ...hashed(0), ['localTee', IS_WHAT], ['i32Const', IS.whole], ['i32And'],
    ['localGet', IS_WHAT], ['i32Const', 1], ['i32Shl'], ...hashed(FINGERPRINT), ['i32And'], ['i32Const', IS.ended], ['i32And'], ['i32Or'],
    ['if'],
    // The place may be before this block, whose newlines were counted: those up to the second pair, without those in the first.
    ['localGet', COUNT], ['localGet', LINES], ['i32Const', 1], ['localGet', SKIP], ['i32Shl'], ['i32Const', 1], ['i32Sub'], ['i32And'], ['i32Popcnt'], ['i32Add'],
    ...isNewline(0), ['i32Sub'], ...isNewline(1), ['i32Sub'], ['localSet', COUNT],
    ['localGet', PLACE], ['localSet', FROM],
    ['br', exit + 1],
    ['end'],
    ['localGet', MASK], ['localGet', MASK], ['i32Const', 1], ['i32Sub'], ['i32And'], ['localTee', MASK], ['brIf', 0],
    ['end'],
  ];
}
