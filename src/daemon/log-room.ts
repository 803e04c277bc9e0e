// How much room the log's lines may take, whatever its format.

/** Bytes of a line at most, in any format, besides those of its text, and of a UTF-16 unit of text: three bytes as `\\xNN`. */
const LINE_MOST = 128;
const UNIT_MOST = 12;
/** Bytes of a line that names a page or a process, or both, as those that come by the hundred do. */
const ORDINARY_LINE = 512;

/**
 * Bytes that one operation may print at most, be it a command of a batch: a write to /dev/kmsg of a record of empty lines, which each get a
 * stamp. What prints without end asks for more, line by line.
 */
export const OPERATION_MOST = 163_840;
/** Bytes of room that are kept for the log: those of an operation, and of so much of a batch as is written at a time. */
export const RESERVE = 524_288;

/** How many bytes the lines of so many records of one line each, with so many UTF-16 units of text in all, have at most. */
export function bytesAtMost({ records, units }: { readonly records: number; readonly units: number }): number {
  return records * LINE_MOST + units * UNIT_MOST;
}

/** How many bytes so many lines of an operation may have, which are to be. */
export function bytesOf(lines: number): number {
  return OPERATION_MOST + lines * ORDINARY_LINE;
}
