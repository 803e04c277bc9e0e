import type { Field } from '../../abi/fuse-protocol.ts';

const TWO_TO_32 = 2 ** 32;

/**
 * The number in a field of the structure that begins at `base`. Of 64 bits, those that a double cannot hold are lost. No id, handle or size
 * of this transport is that large; only positions can be.
 */
export function get(view: DataView, base: number, field: Field): number {
  const at = field[0];
  switch (field[1]) {
    case 'u64': {
      const high = view.getUint32(base + at + 4, true);
      const low = view.getUint32(base + at, true);
      // Nearly every number is small. As an integer it is a faster key of a Map than as a double.
      return high === 0 ? low : high * TWO_TO_32 + low;
    }
    case 'u32': return view.getUint32(base + at, true);
    case 'i32': return view.getInt32(base + at, true);
    case 'u16': return view.getUint16(base + at, true);
  }
}

/** Writes a number into a field of the structure that begins at `base`. In 64 bits it must be a whole number up to 2^53. */
export function put(view: DataView, base: number, field: Field, value: number): void {
  const at = field[0];
  switch (field[1]) {
    case 'u64':
      view.setUint32(base + at, value % TWO_TO_32, true);
      view.setUint32(base + at + 4, Math.floor(value / TWO_TO_32), true);
      return;
    case 'u32': view.setUint32(base + at, value, true); return;
    case 'i32': view.setInt32(base + at, value, true); return;
    case 'u16': view.setUint16(base + at, value, true);
  }
}

/** Up to this many bytes a loop is faster than set() and slice(). */
const FEW = 64;

/** Copies bytes into `to` from `at` on. They must fit. */
export function copyBytes(from: Uint8Array, to: Uint8Array, at: number): void {
  if (from.length > FEW) to.set(from, at);
  else for (let index = 0; index < from.length; index += 1) to[at + index] = from[index] ?? 0;
}

/** A copy of the bytes from `start` to `end`. */
export function copyOf(bytes: Uint8Array, start: number, end: number): Uint8Array {
  if (end - start > FEW) return bytes.slice(start, end);
  const copy = new Uint8Array(end - start);
  for (let index = 0; index < copy.length; index += 1) copy[index] = bytes[start + index] ?? 0;
  return copy;
}
