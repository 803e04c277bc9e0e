/** A line that is longer is taken for several, each of so many bytes: what is done with at once is a piece, which ends with its newline. */
export const LONGEST = 65_536;
export const NEWLINE = 10;

const strict = new TextDecoder('utf-8', { fatal: true });

/** Where the last line of [at, end) that is complete ends, or the last full piece of one that is too long. A line or piece begins at `at`. */
export function lastBorder(bytes: Uint8Array, at: number, end: number): number {
  const newline = bytes.lastIndexOf(NEWLINE, end - 1);
  const begin = Math.max(at, newline + 1);
  return begin + Math.floor((end - begin) / LONGEST) * LONGEST;
}

/** Where the piece begins in which a place is. One begins at `at`, before it. */
export function pieceStart(bytes: Uint8Array, place: number, at: number): number {
  const begin = Math.max(at, place === 0 ? 0 : bytes.lastIndexOf(NEWLINE, place - 1) + 1);
  return begin + Math.floor((place - begin) / LONGEST) * LONGEST;
}

/** Where the piece ends that begins at `start`, at `border` at the latest. */
export function pieceEnd(bytes: Uint8Array, start: number, border: number): number {
  const limit = Math.min(border, start + LONGEST);
  const newline = bytes.subarray(start, limit).indexOf(NEWLINE);
  return newline < 0 ? limit : start + newline + 1;
}

/** How many of the pieces in [begin, border) are not UTF-8. */
export function invalidPieces(bytes: Uint8Array, begin: number, border: number): number {
  if (isUtf8(bytes, begin, border)) return 0;
  let count = 0;
  for (let at = begin; at < border;) {
    const end = pieceEnd(bytes, at, border);
    if (!isUtf8(bytes, at, end)) count += 1;
    at = end;
  }
  return count;
}

function isUtf8(bytes: Uint8Array, start: number, end: number): boolean {
  try {
    strict.decode(bytes.subarray(start, end));
    return true;
  } catch {
    return false;
  }
}
