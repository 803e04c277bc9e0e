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
/** An instruction: its name, and its immediates, each of which is a number to be encoded, or bytes as they are. */
export type Instruction = readonly [Operation, ...(number | readonly number[])[]];

const I32 = 0x7f;
const V128 = 0x7b;
const FUNCTION = 0x60;

/** A number as signed LEB128: what i32.const takes. */
function signed(value: number): number[] {
  const byte = value & 0x7f;
  const rest = value >> 7;
  const done = (rest === 0 && (byte & 0x40) === 0) || (rest === -1 && (byte & 0x40) !== 0);
  return done ? [byte] : [byte | 0x80, ...signed(rest)];
}

/** A number as unsigned LEB128: what everything else takes. */
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
 * A module that exports `find`, a function of two i32 that answers one, made of these instructions. After its parameters (locals 0 and 1) it has
 * so many i32 locals, and then so many v128 ones. Its memory is `env.memory`.
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
