import { PG } from '../../abi/page-flags.ts';
import type { Frames } from './frames.ts';
import { PAGE_TYPES, type PageTypeName } from './page-types.ts';
import type { Process, Processes } from './processes.ts';

/** Properties of pages beyond their type. */
export interface PageShape {
  /** The processes that map them. Absent: none; where pages are defined, a process of the machine if pages of the type are mapped. */
  readonly mappers?: readonly Process[];
  readonly earlyKill?: boolean;
  /** The kernel cannot find where the processes map them: it sends SIGKILL where it would send SIGBUS. */
  readonly noAddress?: boolean;
  readonly pins?: number;
  /** They are in folios of 2^order pages. Absent: the order of the type. */
  readonly order?: number;
  /** Bits of PG in addition to those of the type. */
  readonly flags?: number;
}

/** A range of equal pages. */
export interface Extent extends Frames {
  readonly type: PageTypeName;
  readonly shape: PageShape;
}

/**
 * Adds mappers to an extent: the processes of the machine by the given names; without names, one of them if pages of the type are mapped.
 */
export function withMappers(extent: Extent, processes: Processes): Extent {
  const { first, type, shape } = extent;
  const mappers = shape.mappers?.map((process) => processes.known(process)) ?? (PAGE_TYPES[type].mapped && [processes.somebody(first)]);
  return mappers ? { ...extent, shape: { ...shape, mappers } } : extent;
}

/** How many pages a whole folio of this extent has. */
export function folioPages({ type, shape }: Extent): number {
  return 2 ** (shape.order ?? PAGE_TYPES[type].order ?? 0);
}

/** The folio a page of the extent belongs to: an aligned block, or the part of one that lies in the extent. */
export function folioOf(extent: Extent, pfn: number): Frames {
  const pages = folioPages(extent);
  const head = pfn - (pfn % pages);
  return { first: Math.max(extent.first, head), last: Math.min(extent.last, head + pages - 1) };
}

/** Whether the extent's pages are folios of more than one: a type that is always compound is so even for a single page. */
export function isCompound({ type, shape }: Extent): boolean {
  return (shape.order ?? PAGE_TYPES[type].order ?? 0) > 0;
}

/** Flags of a page by its extent, including head or tail of its folio. */
export function flagsIn(extent: Extent, pfn: number): number {
  const flags = PAGE_TYPES[extent.type].flags | (extent.shape.flags ?? 0);
  if (!isCompound(extent)) return flags;
  return flags | (folioOf(extent, pfn).first === pfn ? PG.head : PG.tail);
}

/** Flags of those of the extent's pages that are not the first of their folio. */
export function tailFlags({ type, shape }: Extent): number {
  return PAGE_TYPES[type].flags | (shape.flags ?? 0) | PG.tail;
}

/** Most extents in one chunk: one change moves at most this many. */
const CHUNK = 256;

/** Extents in the order of their frames, without overlap. The cost of a change hardly depends on their number. */
export class Extents implements Iterable<Extent> {
  /** No chunk is empty, unless it is the only one. */
  readonly #chunks: Extent[][] = [];
  #weight: number;

  constructor(sorted: readonly Extent[]) {
    for (let at = 0; at < sorted.length; at += CHUNK) this.#chunks.push(sorted.slice(at, at + CHUNK));
    if (sorted.length === 0) this.#chunks.push([]);
    this.#weight = weightOf(sorted);
  }

  /** The number of extents plus the number of processes that map them. */
  get weight(): number {
    return this.#weight;
  }

  *[Symbol.iterator](): Generator<Extent> {
    for (const chunk of this.#chunks) yield* chunk;
  }

  /** All extents, in a new array. */
  get list(): Extent[] {
    return this.#chunks.flat();
  }

  /** The last extent for which a test holds; undefined if there is none. */
  findLast(holds: (extent: Extent) => boolean): Extent | undefined {
    for (let number = this.#chunks.length - 1; number >= 0; number -= 1) {
      const found = this.#chunks[number]?.findLast(holds);
      if (found) return found;
    }
    return undefined;
  }

  at(pfn: number): Extent | undefined {
    const chunk = this.#chunks[this.#chunkEndingAt(pfn)];
    const extent = chunk?.[firstEndingAt(chunk, pfn)];
    return extent && extent.first <= pfn ? extent : undefined;
  }

  /** The extents with a frame between the two. */
  *between(first: number, last: number): Generator<Extent> {
    let number = this.#chunkEndingAt(first);
    let at = firstEndingAt(this.#chunks[number] ?? [], first);
    for (let chunk = this.#chunks[number]; chunk; chunk = this.#chunks[number]) {
      for (; at < chunk.length; at += 1) {
        const extent = chunk[at] as Extent;
        if (extent.first > last) return;
        yield extent;
      }
      number += 1;
      at = 0;
    }
  }

  /** Replaces what lies in the frames of an extent. Free neighbours are joined, so that define and undefine leave no trace. */
  put(extent: Extent): void {
    const { first, last } = extent;
    const [before, after] = [this.at(first - 1), this.at(last + 1)];
    this.#take(first, last);
    const [left, right] = [before && { ...before, last: first - 1 }, after && { ...after, first: last + 1 }];
    const joined = {
      ...extent, first: left && alike(left, extent) ? left.first : first, last: right && alike(right, extent) ? right.last : last,
    };
    // The neighbours are put in again whole, cut, or as part of the extent.
    if (before && joined.first < first) this.#take(before.first, before.last);
    else if (left && before && before.last >= first) this.#insert(left);
    if (after && joined.last > last) this.#take(after.first, after.last);
    else if (right && after && after.first <= last) this.#insert(right);
    this.#insert(joined);
  }

  /** Removes whole extents: all with a frame between the two. */
  #take(first: number, last: number): void {
    for (let number = this.#chunkEndingAt(first); ;) {
      const chunk = this.#chunks[number];
      if (chunk === undefined) return;
      const from = firstEndingAt(chunk, first);
      let to = from;
      while ((chunk[to]?.first ?? Infinity) <= last) to += 1;
      if (to === from) return;
      this.#weight -= weightOf(chunk.splice(from, to - from));
      const ended = from < chunk.length;
      if (chunk.length === 0 && this.#chunks.length > 1) this.#chunks.splice(number, 1);
      else number += 1;
      if (ended) return;
    }
  }

  /** Inserts an extent into free space. */
  #insert(extent: Extent): void {
    const number = Math.min(this.#chunkEndingAt(extent.first), this.#chunks.length - 1);
    const chunk = this.#chunks[number] as Extent[];
    chunk.splice(firstEndingAt(chunk, extent.first), 0, extent);
    this.#weight += weightOf([extent]);
    if (chunk.length > CHUNK) this.#chunks.splice(number + 1, 0, chunk.splice(CHUNK / 2));
  }

  /** Index of the first chunk with an extent that ends at this frame or beyond; the number of chunks if there is none. */
  #chunkEndingAt(pfn: number): number {
    let low = 0;
    let high = this.#chunks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#chunks[middle]?.at(-1)?.last ?? -1) < pfn) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Index of the first of sorted extents that ends at this frame or beyond; their number if there is none. */
function firstEndingAt(sorted: readonly Extent[], pfn: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as Extent).last < pfn) low = middle + 1;
    else high = middle;
  }
  return low;
}

function weightOf(extents: readonly Extent[]): number {
  return extents.reduce((sum, { shape }) => sum + 1 + (shape.mappers?.length ?? 0), 0);
}

function alike(a: Extent, b: Extent): boolean {
  return a.type === b.type && isPlain(a.shape) && isPlain(b.shape) && !isCompound(a);
}

function isPlain(shape: PageShape): boolean {
  return Object.keys(shape).length === 0;
}
