/** Up to so many bytes a loop is quicker than what the engine has for any number. */
const FEW = 64;

/** Copies bytes into others from `at` on; there is to be room. */
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
