import type { Needle } from './needles.ts';
import type { Instruction } from './wasm-assembler.ts';

/** Bytes of a vector, and of two, at which the code looks at once. */
const VECTOR = 16;
const BLOCK = 2 * VECTOR;
/** Bytes of a needle that it looks at. */
const FINGERPRINT = 4;
const NEWLINE = 10;

/** Where the code leaves what it has counted, as i32 in the memory: newlines, and whether a byte was beyond ASCII (not 0). */
export const NEWLINES_AT = 0;
export const HIGH_BYTES_AT = 4;

/** Reads that begin before the end may go so many bytes over it; there must be zeros. */
export const PADDING = BLOCK + FINGERPRINT;

/** Locals: i32 first, then vectors. Vectors that do not change are kept in locals too, which stay in registers. */
const [FROM, TO, LINES, COUNT, SKIP, WORD] = [0, 1, 2, 3, 4, 5];
const [BYTES, HIGH, LOWER_HALF, NEWLINES, HITS, TABLES] = [6, 7, 8, 9, 10, 12];
export const LOCALS = { i32: 4, v128: 6 + FINGERPRINT } as const;

const same = (byte: number): number[] => Array<number>(VECTOR).fill(byte);

/**
 * The code of find(from, to): where, from `from` on, the fingerprint of some needle may stand, or a number not below `to`. On its way it counts
 * the newlines before that place. It is the shuffle of Hyperscan's "Teddy", reduced: for each byte of the fingerprint a table says, by the
 * lower half of a byte, which groups of needles it would suit; what suits one group in all of them is a hit. Upper halves tell little of text.
 */
export function scanCode(groups: readonly (readonly Needle[])[]): Instruction[] {
  return [
    ['v128Const', same(0x0f)], ['localSet', LOWER_HALF],
    ['v128Const', same(NEWLINE)], ['localSet', NEWLINES],
    ...Array.from({ length: FINGERPRINT }, (_, n): Instruction[] => [['v128Const', table(groups, n)], ['localSet', TABLES + n]]).flat(),
    ['block'],
    ['loop'],
    ['localGet', FROM], ['localGet', TO], ['i32GeU'], ['brIf', 1],
    ...look(0), ['localSet', LINES],
    ...look(1), ['i32Const', VECTOR], ['i32Shl'], ['localGet', LINES], ['i32Or'], ['localSet', LINES],
    ['localGet', HITS], ['localGet', HITS + 1], ['v128Or'], ['v128AnyTrue'],
    ['if'],
    ...isSet(HITS), ...isSet(HITS + 1), ['i32Const', VECTOR], ['i32Shl'], ['i32Or'], ['i32Ctz'], ['localSet', SKIP],
    ['localGet', COUNT],
    ['localGet', LINES], ['i32Const', 1], ['localGet', SKIP], ['i32Shl'], ['i32Const', 1], ['i32Sub'], ['i32And'], ['i32Popcnt'],
    ['i32Add'], ['localSet', COUNT],
    ['localGet', FROM], ['localGet', SKIP], ['i32Add'], ['localSet', FROM],
    ...isFingerprint(groups), ['brIf', 2],
    // It was none. On from the byte after it; it may have been a newline, which has the lower half of a colon.
    ['localGet', COUNT], ['localGet', LINES], ['localGet', SKIP], ['i32ShrU'], ['i32Const', 1], ['i32And'], ['i32Add'], ['localSet', COUNT],
    ['localGet', FROM], ['i32Const', 1], ['i32Add'], ['localSet', FROM],
    ['br', 1],
    ['end'],
    ['localGet', COUNT], ['localGet', LINES], ['i32Popcnt'], ['i32Add'], ['localSet', COUNT],
    ['localGet', FROM], ['i32Const', BLOCK], ['i32Add'], ['localSet', FROM],
    ['br', 0],
    ['end'],
    ['end'],
    ['i32Const', 0], ['localGet', COUNT], ['i32Store', 2, NEWLINES_AT],
    ['i32Const', 0], ['localGet', HIGH], ['i8x16Bitmask'], ['i32Store', 2, HIGH_BYTES_AT],
    ['localGet', FROM],
  ];
}

/** Looks at one vector of a block: leaves its hits in a local, and which of its bytes are newlines on the stack. */
function look(vector: number): Instruction[] {
  const at = vector * VECTOR;
  return [
    ...Array.from({ length: FINGERPRINT }, (_, n): Instruction[] => [
      ['localGet', TABLES + n], ['localGet', FROM], ['v128Load', 0, at + n], ...(n === 0 ? ([['localTee', BYTES]] as const) : []),
      ['localGet', LOWER_HALF], ['v128And'], ['i8x16Swizzle'],
      ...(n === 0 ? [] : ([['v128And']] as const)),
    ]).flat(),
    ['localSet', HITS + vector],
    ['localGet', BYTES], ['localGet', HIGH], ['v128Or'], ['localSet', HIGH],
    ['localGet', BYTES], ['localGet', NEWLINES], ['i8x16Eq'], ['i8x16Bitmask'],
  ];
}

/** Whether the four bytes at FROM are those of some needle, upper halves and all. */
function isFingerprint(groups: readonly (readonly Needle[])[]): Instruction[] {
  const words = new Set(groups.flat().map(({ text, at }) => Array.from({ length: FINGERPRINT }, (_, n) => text.charCodeAt(at + n) << (8 * n)).reduce((a, b) => a | b)));
  return [
    ['localGet', FROM], ['i32Load', 0, 0], ['localSet', WORD],
    ['i32Const', 0],
    ...[...words].flatMap((word): Instruction[] => [['localGet', WORD], ['i32Const', word], ['i32Eq'], ['i32Or']]),
  ];
}

/** Bits of the bytes that are not 0. */
function isSet(local: number): Instruction[] {
  return [['localGet', local], ['v128Const', same(0)], ['i8x16Ne'], ['i8x16Bitmask']];
}

/** By the lower half of a byte, a bit for each group that has a needle with such a byte in the n-th place. */
function table(groups: readonly (readonly Needle[])[], n: number): number[] {
  const bits = same(0);
  groups.forEach((needles, group) => {
    for (const { text, at } of needles) {
      const half = text.charCodeAt(at + n) & 0x0f;
      bits[half] = (bits[half] ?? 0) | (1 << group);
    }
  });
  return bits;
}
