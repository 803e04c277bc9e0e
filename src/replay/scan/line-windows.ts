// Finds the lines that matter in bytes, fast: needles.ts has the words that such lines contain, scanner.wat the WebAssembly that looks
// for them. The folder imports nothing. Start with LineWindows below.
import { NeedleFinder } from './needle-finder.ts';

/** A longer line counts as several pieces of this many bytes. A piece ends with its newline. */
const LONGEST_PIECE = 65_536;
const NEWLINE = 10;
const STRICT = new TextDecoder('utf-8', { fatal: true });
const TEXT = new TextDecoder('utf-8', { ignoreBOM: true });

/** How many lines before and after a line that matters are emitted with it: a journal entry has about thirty lines. */
const AROUND = 40;
/** How many bytes to look back at most. */
const LOOK_BACK = 16_384;
const CHUNK = 1 << 18;
const SIZE = CHUNK + 4 * LONGEST_PIECE;
const BEYOND_ASCII = /[\u0080-\uffff]/;

/** The receiver of the lines. */
export interface LineSink {
  /** Whether a line with a needle matters. */
  matters(text: string): boolean;
  /** A line without its newline, and its number from 1. Each comes once, in order. */
  line(text: string, number: number): void;
}

/** The finder of a log that is done. The next log takes it: to make one takes longer than to search a small log. */
let spare: NeedleFinder | undefined;

/**
 * Picks the lines around those that matter out of a stream of bytes. Its memory is bounded, and its result does not depend on the chunks.
 */
export class LineWindows {
  readonly counts = { bytes: 0, lines: 0, invalidUtf8: 0 };
  readonly #sink: LineSink;
  readonly #finder = spare ?? new NeedleFinder(SIZE);
  /**
   * The bytes [0, end) hold three parts: those before `handed` were emitted, those before `at`, the start of a line, are done, the others
   * are not.
   */
  #end = 0;
  #at = 0;
  #handed = 0;
  /** Number of the line at `at`. */
  #number = 1;
  /** Whether the first of the bytes is the first of a line. */
  #startsLine = true;
  /** How many lines are still to be emitted, after one that matters. */
  #left = 0;

  constructor(sink: LineSink) {
    spare = undefined;
    this.#sink = sink;
  }

  /** The memory for the next bytes, from its beginning on; then call {@link wrote}. It is valid until the next call of a method. */
  space(): Uint8Array {
    if (SIZE - this.#end < CHUNK) this.#dropDone();
    return this.#finder.bytes.subarray(this.#end, Math.min(this.#end + CHUNK, SIZE));
  }

  wrote(count: number): void {
    this.counts.bytes += count;
    this.#end += count;
    this.#work(lastBorder(this.#finder.bytes, this.#at, this.#end));
  }

  /**
   * Calls a function that writes at most `most` bytes at a place of the memory, and returns how many it wrote; undefined if there are none now.
   * As {@link space} and {@link wrote}, but nothing is allocated for each call. Returns what the function returned.
   */
  fillFrom<Count extends number | undefined>(read: (into: Uint8Array, at: number, most: number) => Count): Count {
    if (SIZE - this.#end < CHUNK) this.#dropDone();
    const count = read(this.#finder.bytes, this.#end, Math.min(CHUNK, SIZE - this.#end));
    if (count !== undefined && count > 0) this.wrote(count);
    return count;
  }

  /** Takes bytes from elsewhere, by copying them. */
  push(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      const space = this.space();
      const part = bytes.subarray(at, at + space.length);
      space.set(part);
      this.wrote(part.length);
      at += part.length;
    }
  }

  /** There are no more bytes. The last line may lack its newline. No method may be called after this one. */
  finish(): void {
    this.#work(this.#end);
    const endsAmidLine = this.#end > 0 && this.#finder.bytes[this.#end - 1] !== NEWLINE;
    this.counts.lines = this.#number - 1 + (endsAmidLine ? 1 : 0);
    spare = this.#finder;
  }

  #dropDone(): void {
    const from = Math.max(this.#handed, this.#at - LOOK_BACK, 0);
    if (from === 0) return;
    this.#startsLine = this.#finder.bytes[from - 1] === NEWLINE;
    this.#finder.bytes.copyWithin(0, from, this.#end);
    this.#end -= from;
    this.#at -= from;
    this.#handed = Math.max(0, this.#handed - from);
  }

  #work(border: number): void {
    const begin = this.#at;
    let high = false;
    while (this.#at < border) {
      if (this.#left > 0) {
        this.#left -= 1;
        high = this.#handOut(this.#pieceEnd(this.#at, border)) || high;
      } else {
        high = this.#skip(border) || high;
      }
    }
    if (high) this.counts.invalidUtf8 += invalidPieces(this.#finder.bytes, begin, border);
  }

  /** Moves to the next line that matters, or to the border. Returns whether it passed bytes beyond ASCII. */
  #skip(border: number): boolean {
    const { at, newlines, high } = this.#finder.find(this.#at, this.#end);
    this.#number += newlines;
    if (at >= border) {
      this.#at = border;
      return high;
    }
    this.#at = pieceStart(this.#finder.bytes, at, this.#at);
    const end = this.#pieceEnd(this.#at, border);
    if (this.#sink.matters(this.#text(this.#at, end))) {
      this.#lookBack();
      this.#left = AROUND + 1;
    } else {
      this.#number += this.#finder.bytes[end - 1] === NEWLINE ? 1 : 0;
      this.#at = end;
    }
    return high;
  }

  #lookBack(): void {
    const at = this.#at;
    const number = this.#number;
    const low = Math.max(this.#handed, at - LOOK_BACK);
    for (let n = 0; n < AROUND && this.#at > low; n += 1) {
      const start = this.#at < 2 ? 0 : this.#finder.bytes.lastIndexOf(NEWLINE, this.#at - 2) + 1;
      if (start < low || (start === 0 && !this.#startsLine)) break;
      this.#at = start;
      this.#number -= 1;
    }
    while (this.#at < at) this.#handOut(this.#pieceEnd(this.#at, at));
    this.#number = number;
  }

  /** Emits a line. Returns whether it has bytes beyond ASCII. */
  #handOut(end: number): boolean {
    const text = this.#text(this.#at, end);
    this.#sink.line(text, this.#number);
    if (this.#sink.matters(text)) this.#left = AROUND;
    this.#number += this.#finder.bytes[end - 1] === NEWLINE ? 1 : 0;
    this.#at = end;
    this.#handed = end;
    return BEYOND_ASCII.test(text);
  }

  #text(start: number, end: number): string {
    return TEXT.decode(this.#finder.bytes.subarray(start, this.#finder.bytes[end - 1] === NEWLINE ? end - 1 : end));
  }

  #pieceEnd(start: number, border: number): number {
    return pieceEnd(this.#finder.bytes, start, border);
  }
}

/** The end of the last complete line of [at, end), or of the last full piece of a line that is too long. A line or piece begins at `at`. */
function lastBorder(bytes: Uint8Array, at: number, end: number): number {
  const newline = bytes.lastIndexOf(NEWLINE, end - 1);
  const begin = Math.max(at, newline + 1);
  return begin + Math.floor((end - begin) / LONGEST_PIECE) * LONGEST_PIECE;
}

/** The beginning of the piece that contains a place. A piece begins at `at`, before it. */
function pieceStart(bytes: Uint8Array, place: number, at: number): number {
  const begin = Math.max(at, place === 0 ? 0 : bytes.lastIndexOf(NEWLINE, place - 1) + 1);
  return begin + Math.floor((place - begin) / LONGEST_PIECE) * LONGEST_PIECE;
}

/** The end of the piece that begins at `start`, at most `border`. */
function pieceEnd(bytes: Uint8Array, start: number, border: number): number {
  const limit = Math.min(border, start + LONGEST_PIECE);
  const newline = bytes.subarray(start, limit).indexOf(NEWLINE);
  return newline < 0 ? limit : start + newline + 1;
}

/** The number of pieces in [begin, border) that are not UTF-8. */
function invalidPieces(bytes: Uint8Array, begin: number, border: number): number {
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
    STRICT.decode(bytes.subarray(start, end));
    return true;
  } catch {
    return false;
  }
}
