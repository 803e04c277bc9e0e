import type { Needle } from './needles.ts';
import type { Instruction } from './wasm-assembler.ts';

/** Bytes at which the code looks at once. */
const BLOCK = 16;
/** Bytes of a needle that it looks at. */
const FINGERPRINT = 3;
/** Needles are told apart by bits of a byte; those beyond share one. */
const BUCKETS = 8;
const NEWLINE = 10;

/** Where the code leaves what it has counted, as i32 in the memory: newlines, and whether a byte was beyond ASCII (not 0). */
export const NEWLINES_AT = 0;
export const HIGH_BYTES_AT = 4;

/** Reads that begin before the end may go so many bytes over it; there must be zeros. */
export const PADDING = BLOCK + FINGERPRINT;

export const LOCALS = { i32: 5, v128: 2 } as const;
/** Locals of the code. */
const [FROM, TO, MASK, LINES, COUNT, HIGH, SKIP, BYTES, HITS] = [0, 1, 2, 3, 4, 5, 6, 7, 8];

/**
 * The code of find(from, to): where, from `from` on, a fingerprint of some needle stands, or a number not below `to`. On its way it counts the
 * newlines before that place. It is the shuffle of Hyperscan's "Teddy": for each byte of the fingerprint two tables of 16 bytes say, by its
 * lower and its upper half, which needles it would suit; what suits one needle in all of them is a hit.
 */
export function scanCode(needles: readonly Needle[]): Instruction[] {
  return [
    ['block'],
    ['loop'],
    ['localGet', FROM], ['localGet', TO], ['i32GeU'], ['brIf', 1],
    ['localGet', FROM], ['v128Load', 0, 0], ['localTee', BYTES],
    ['i32Const', NEWLINE], ['i8x16Splat'], ['i8x16Eq'], ['i8x16Bitmask'], ['localSet', LINES],
    ['localGet', HIGH], ['localGet', BYTES], ['i8x16Bitmask'], ['i32Or'], ['localSet', HIGH],
    ...Array.from({ length: FINGERPRINT }, (_, n) => suits(needles, n)).flat(),
    ['localGet', HITS], ['v128Const', Array<number>(BLOCK).fill(0)], ['i8x16Ne'], ['i8x16Bitmask'], ['localTee', MASK],
    ['if'],
    ['localGet', MASK], ['i32Ctz'], ['localSet', SKIP],
    ['localGet', COUNT],
    ['localGet', LINES], ['i32Const', 1], ['localGet', SKIP], ['i32Shl'], ['i32Const', 1], ['i32Sub'], ['i32And'], ['i32Popcnt'],
    ['i32Add'], ['localSet', COUNT],
    ['localGet', FROM], ['localGet', SKIP], ['i32Add'], ['localSet', FROM],
    ['br', 2],
    ['end'],
    ['localGet', COUNT], ['localGet', LINES], ['i32Popcnt'], ['i32Add'], ['localSet', COUNT],
    ['localGet', FROM], ['i32Const', BLOCK], ['i32Add'], ['localSet', FROM],
    ['br', 0],
    ['end'],
    ['end'],
    ['i32Const', 0], ['localGet', COUNT], ['i32Store', 2, NEWLINES_AT],
    ['i32Const', 0], ['localGet', HIGH], ['i32Store', 2, HIGH_BYTES_AT],
    ['localGet', FROM],
  ];
}

/** Which needles the n-th byte from each place on would suit, and all those before it did. */
function suits(needles: readonly Needle[], n: number): Instruction[] {
  const [lower, upper] = tables(needles, n);
  const bytes: Instruction[] = n === 0 ? [['localGet', BYTES]] : [['localGet', FROM], ['v128Load', 0, n], ['localTee', BYTES]];
  return [
    ['v128Const', lower], ...bytes, ['v128Const', Array<number>(BLOCK).fill(0x0f)], ['v128And'], ['i8x16Swizzle'],
    ['v128Const', upper], ['localGet', BYTES], ['i32Const', 4], ['i8x16ShrU'], ['i8x16Swizzle'],
    ['v128And'],
    ...(n === 0 ? [] : ([['localGet', HITS], ['v128And']] as const)),
    ['localSet', HITS],
  ];
}

/** By the lower and by the upper half of a byte, a bit for each needle that has such a byte there. */
function tables(needles: readonly Needle[], n: number): [lower: number[], upper: number[]] {
  const lower = Array<number>(BLOCK).fill(0);
  const upper = Array<number>(BLOCK).fill(0);
  needles.forEach(({ text, at }, index) => {
    const byte = text.charCodeAt(at + n);
    const bit = 1 << (index % BUCKETS);
    lower[byte & 0x0f] = (lower[byte & 0x0f] ?? 0) | bit;
    upper[byte >> 4] = (upper[byte >> 4] ?? 0) | bit;
  });
  return [lower, upper];
}
