import { Counts } from './counts.ts';
import type { Frames } from './frames.ts';

/** Most ranges in one chunk: one change moves at most this many, and nth() walks over them. */
const CHUNK = 128;

/** Ranges in order, as two columns: an object for each range would take five times the memory. */
interface Chunk {
  readonly firsts: number[];
  readonly lasts: number[];
  /** The largest order of which an aligned block lies in one of the ranges; undefined: to be computed again. */
  order: number | undefined;
}

/**
 * A set of page frames, as ranges that do not touch. The cost of an operation hardly depends on the number
 * of frames or on how scattered they are.
 */
export class FrameSet {
  readonly #chunks: Chunk[] = [newChunk()];
  /**
   * The pages of each chunk, and its last frame; -1 in an empty set. Apart from the chunks: reading one number from each of thousands of objects
   * takes far longer.
   */
  readonly #chunkPages: number[] = [0];
  readonly #chunkLasts: number[] = [-1];
  /** The same, for nth(). Undefined after a chunk was added or removed. */
  #counts: Counts | undefined;
  #pages = 0;

  /** The number of frames. */
  get pages(): number {
    return this.#pages;
  }

  /** Whether all frames of a range are in it. */
  has(first: number, last = first): boolean {
    const chunk = this.#chunks[this.#chunkEndingAt(first)];
    if (chunk === undefined) return false;
    const at = firstAtLeast(chunk.lasts, first);
    return (chunk.firsts[at] ?? Infinity) <= first && (chunk.lasts[at] ?? -1) >= last;
  }

  add(first: number, last: number): void {
    const end = this.#chunks.at(-1) as Chunk;
    if (first > (end.lasts.at(-1) ?? -1) + 1) {
      this.#insert(first, last);
      return;
    }
    const { firsts, lasts } = this.#chunks[this.#chunkEndingAt(first - 1)] as Chunk;
    const at = firstAtLeast(lasts, first - 1);
    const next = firsts[at] as number;
    if (next > last + 1) {
      this.#insert(first, last);
      return;
    }
    if (next <= first && (lasts[at] as number) >= last) return;
    const taken = this.#take(first - 1, last + 1);
    this.#insert(Math.min(first, taken.first), Math.max(last, taken.last));
  }

  remove(first: number, last: number): void {
    const number = this.#chunkEndingAt(first);
    const chunk = this.#chunks[number];
    if (chunk === undefined) return;
    const at = firstAtLeast(chunk.lasts, first);
    if ((chunk.firsts[at] as number) < first && (chunk.lasts[at] as number) > last) {
      chunk.lasts.splice(at, 0, first - 1);
      chunk.firsts.splice(at + 1, 0, last + 1);
      this.#grow(number, first - last - 1);
      return;
    }
    const taken = this.#take(first, last);
    if (taken.first < first) this.#insert(taken.first, first - 1);
    if (taken.last > last) this.#insert(last + 1, taken.last);
  }

  /** The frame that has `index` frames before it; undefined beyond the last. */
  nth(index: number): number | undefined {
    this.#counts ??= new Counts(this.#chunkPages);
    const found = this.#counts.find(index);
    const chunk = this.#chunks[found.index];
    if (chunk === undefined) return undefined;
    let { left } = found;
    for (let at = 0; at < chunk.firsts.length; at += 1) {
      const first = chunk.firsts[at] ?? 0;
      const pages = (chunk.lasts[at] ?? 0) - first + 1;
      if (left < pages) return first + left;
      left -= pages;
    }
    return undefined;
  }

  /**
   * The first room, at `from` or beyond, for a block of `pages` frames that begins at a multiple of `pages`: from its first frame to
   * the end of the range. Undefined if there is none.
   */
  room(pages: number, from = 0): Frames | undefined {
    // An aligned block of any number contains an aligned block of half that number, rounded down to a power of 2.
    const order = Number.isInteger(Math.log2(pages)) ? Math.log2(pages) : Math.max(0, Math.floor(Math.log2(pages)) - 1);
    for (let number = this.#chunkEndingAt(from); number < this.#chunks.length; number += 1) {
      const chunk = this.#chunks[number] as Chunk;
      chunk.order ??= largestOrder(chunk);
      if (chunk.order < order) continue;
      for (let at = firstAtLeast(chunk.lasts, from); at < chunk.firsts.length; at += 1) {
        const first = Math.ceil(Math.max(chunk.firsts[at] ?? 0, from) / pages) * pages;
        const last = chunk.lasts[at] ?? 0;
        if (first + pages - 1 <= last) return { first, last };
      }
    }
    return undefined;
  }

  /** The ranges, in order. Do not change the set while you iterate. */
  *[Symbol.iterator](): Generator<Frames> {
    for (const { firsts, lasts } of this.#chunks) {
      for (let at = 0; at < firsts.length; at += 1) yield { first: firsts[at] ?? 0, last: lasts[at] ?? 0 };
    }
  }

  /** Removes whole ranges: all with a frame between the two. Returns their first frame and their last. */
  #take(first: number, last: number): Frames {
    const taken = { first: Infinity, last: -Infinity };
    for (let number = this.#chunkEndingAt(first); ;) {
      const chunk = this.#chunks[number];
      if (chunk === undefined) return taken;
      const from = firstAtLeast(chunk.lasts, first);
      let to = from;
      while ((chunk.firsts[to] ?? Infinity) <= last) to += 1;
      if (to === from) return taken;
      const firsts = chunk.firsts.splice(from, to - from);
      const lasts = chunk.lasts.splice(from, to - from);
      taken.first = Math.min(taken.first, firsts[0] ?? Infinity);
      taken.last = Math.max(taken.last, lasts.at(-1) ?? -Infinity);
      const pages = lasts.reduce((sum, end) => sum + end + 1, 0) - firsts.reduce((sum, begin) => sum + begin, 0);
      this.#count(number, -pages);
      const ended = from < chunk.firsts.length;
      if (chunk.firsts.length === 0 && this.#chunks.length > 1) {
        this.#chunks.splice(number, 1);
        this.#chunkPages.splice(number, 1);
        this.#chunkLasts.splice(number, 1);
        this.#counts = undefined;
      } else {
        number += 1;
      }
      if (ended) return taken;
    }
  }

  /** Inserts a range that touches no other. */
  #insert(first: number, last: number): void {
    const number = Math.min(this.#chunkEndingAt(first), this.#chunks.length - 1);
    const chunk = this.#chunks[number] as Chunk;
    const at = firstAtLeast(chunk.lasts, first);
    chunk.firsts.splice(at, 0, first);
    chunk.lasts.splice(at, 0, last);
    this.#grow(number, last - first + 1);
  }

  /** Counts the pages that a chunk has got with one more range, fewer than none where a range was cut in two. Halves it when it is full. */
  #grow(number: number, pages: number): void {
    this.#count(number, pages);
    const chunk = this.#chunks[number] as Chunk;
    if (chunk.firsts.length <= CHUNK) return;
    const rest = newChunk(chunk.firsts.splice(CHUNK / 2), chunk.lasts.splice(CHUNK / 2));
    const moved = pagesIn(rest);
    this.#chunkPages[number] = this.#pagesOf(number) - moved;
    this.#chunks.splice(number + 1, 0, rest);
    this.#chunkPages.splice(number + 1, 0, moved);
    this.#chunkLasts.splice(number, 0, chunk.lasts.at(-1) as number);
    this.#counts = undefined;
  }

  /** Adds to the pages of a chunk, whose ranges have changed. */
  #count(number: number, pages: number): void {
    const chunk = this.#chunks[number] as Chunk;
    chunk.order = undefined;
    this.#chunkPages[number] = this.#pagesOf(number) + pages;
    this.#chunkLasts[number] = chunk.lasts.at(-1) ?? -1;
    this.#counts?.add(number, pages);
    this.#pages += pages;
  }

  #pagesOf(number: number): number {
    return this.#chunkPages[number] ?? 0;
  }

  /** The index of the first chunk with a range that ends at this frame or beyond; the number of chunks if there is none. */
  #chunkEndingAt(pfn: number): number {
    return firstAtLeast(this.#chunkLasts, pfn);
  }
}

function newChunk(firsts: number[] = [], lasts: number[] = []): Chunk {
  return { firsts, lasts, order: undefined };
}

function pagesIn({ firsts, lasts }: Chunk): number {
  return lasts.reduce((sum, last, at) => sum + last - (firsts[at] ?? 0) + 1, 0);
}

/** Index of the first of sorted numbers that is at least `least`; their number if there is none. */
function firstAtLeast(numbers: readonly number[], least: number): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] ?? Infinity) < least) low = middle + 1;
    else high = middle;
  }
  return low;
}

function largestOrder({ firsts, lasts }: Chunk): number {
  let largest = -1;
  firsts.forEach((first, at) => {
    const last = lasts[at] ?? 0;
    // A range of 2^(n+1)-1 frames has an aligned block of 2^n, wherever it lies.
    for (let order = Math.floor(Math.log2(last - first + 1)); order > largest; order -= 1) {
      const pages = 2 ** order;
      if (Math.ceil(first / pages) * pages + pages - 1 <= last) largest = order;
    }
  });
  return largest;
}
