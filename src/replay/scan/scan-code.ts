import { FINGERPRINT } from './needles.ts';
import { AT, HASH, IS, VECTOR } from './scan-memory.ts';
import type { Instruction } from './wasm-assembler.ts';

/** Bytes at which the code looks at once. */
const BLOCK = 2 * VECTOR;
const NEWLINE = 10;

/** Reads that begin before the end may go so many bytes over it; there must be zeros. */
export const PADDING = BLOCK + FINGERPRINT;

/** Locals: i32 first, then vectors. */
const [FROM, TO, LINES, COUNT, SKIP, PLACE, MASK, IS_WHAT] = [0, 1, 2, 3, 4, 5, 6, 7];
const [FIRST, SECOND, HIGH, EVEN, ODD, HALVES, BEFORE, HITS] = [8, 9, 10, 11, 12, 13, 14, 15];
const [EVEN_LOWER_HALF, LOWER_HALF, NEWLINES, TABLES] = [16, 17, 18, 19];
export const LOCALS = { i32: 6, v128: 15 } as const;

/**
 * The code of find(from, to): where, from `from` on, some fingerprint may stand, or a number not below `to`. On its way it counts the newlines
 * before that place. It is the shuffle of Hyperscan's "Teddy", reduced: for each byte of a fingerprint a table says, by the lower half of a
 * byte, which groups it would suit; what suits one group in all four is looked at more closely. It looks at every other place only, whose bytes
 * it takes apart into those at even and those at odd places: needles.ts has a fingerprint of every needle for either.
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

/** The next two vectors: whether one has a byte beyond ASCII, where newlines are, and the lower halves of the bytes at even and odd places. */
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

/** In HITS the places, in pairs of bytes, whose two pairs (the one before it and its own) suit a group. */
function compare(): Instruction[] {
  return [
    ...suits(0), ['localSet', HALVES],
    ['localGet', BEFORE], ['localGet', HALVES], ['i8x16Shuffle', Array.from({ length: VECTOR }, (_, n) => VECTOR - 1 + n)],
    ...suits(2), ['v128And'], ['localSet', HITS],
    ['localGet', HALVES], ['localSet', BEFORE],
  ];
}

/** The groups that each pair of bytes suits, as the n-th byte of a fingerprint and the one after it. */
function suits(n: number): Instruction[] {
  return [['localGet', TABLES + n], ['localGet', EVEN], ['i8x16Swizzle'], ['localGet', TABLES + n + 1], ['localGet', ODD], ['i8x16Swizzle'], ['v128And']];
}

/** What the four bytes so far from PLACE may be, by their hash. */
function hashed(offset: number): Instruction[] {
  return [['localGet', PLACE], ['i32Load', 0, offset], ['i32Const', HASH.factor], ['i32Mul'], ['i32Const', HASH.shift], ['i32ShrU'], ['i32Load8U', 0, AT.hashes]];
}

/** Goes through the hits of a block, and leaves by `exit` at one that has the hashes of a fingerprint. The bit of its end is that of its beginning, shifted. */
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
    // The place may be before this block, whose newlines have been counted: those up to the second pair, without those in the first.
    ['localGet', COUNT], ['localGet', LINES], ['i32Const', 1], ['localGet', SKIP], ['i32Shl'], ['i32Const', 1], ['i32Sub'], ['i32And'], ['i32Popcnt'], ['i32Add'],
    ...isNewline(0), ['i32Sub'], ...isNewline(1), ['i32Sub'], ['localSet', COUNT],
    ['localGet', PLACE], ['localSet', FROM],
    ['br', exit + 1],
    ['end'],
    ['localGet', MASK], ['localGet', MASK], ['i32Const', 1], ['i32Sub'], ['i32And'], ['localTee', MASK], ['brIf', 0],
    ['end'],
  ];
}
