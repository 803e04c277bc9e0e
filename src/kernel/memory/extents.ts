import { PG } from '../../abi/page-flags.ts';
import type { Frames } from './frames.ts';
import type { PageTypeName } from './page-type-names.ts';
import { PAGE_TYPES } from './page-types.ts';
import type { Process, Processes } from './processes.ts';

/** What can be said of pages beyond their type. */
export interface PageShape {
  /** Who maps them; absent: nobody, or whoever maps pages of that type where pages are defined. */
  readonly mappers?: readonly Process[];
  readonly earlyKill?: boolean;
  /** The kernel cannot find where the processes map them: it sends SIGKILL where it would send SIGBUS. */
  readonly noAddress?: boolean;
  readonly pins?: number;
  /** They come in folios of 2^order pages; absent: as the type is by itself. */
  readonly order?: number;
  /** Bits of PG they have beyond those of the type. */
  readonly flags?: number;
}

/** Pages that are alike, and what each of them is made like. */
export interface Extent extends Frames {
  readonly type: PageTypeName;
  readonly shape: PageShape;
}

/** Pages with who maps them: the machine's own processes by the names that are said; where none are said, somebody if pages of the type are mapped. */
export function withMappers(extent: Extent, processes: Processes): Extent {
  const { first, type, shape } = extent;
  const mappers = shape.mappers?.map((process) => processes.known(process)) ?? (PAGE_TYPES[type].mapped && [processes.somebody(first)]);
  return mappers ? { ...extent, shape: { ...shape, mappers } } : extent;
}

/** How many pages a folio of this extent has, where all of it lies within. */
export function folioPages({ type, shape }: Extent): number {
  return 2 ** (shape.order ?? PAGE_TYPES[type].order ?? 0);
}

/** The folio a page of the extent belongs to: an aligned block, or as much of one as the extent has. */
export function folioOf(extent: Extent, pfn: number): Frames {
  const pages = folioPages(extent);
  const head = pfn - (pfn % pages);
  return { first: Math.max(extent.first, head), last: Math.min(extent.last, head + pages - 1) };
}

/** Whether the extent's pages are folios of more than one: a type that is only ever compound is so even where a single page was said. */
export function isCompound({ type, shape }: Extent): boolean {
  return (shape.order ?? PAGE_TYPES[type].order ?? 0) > 0;
}

/** Flags of a page as the extent has it, head or tail of its folio among them. */
export function flagsIn(extent: Extent, pfn: number): number {
  const flags = PAGE_TYPES[extent.type].flags | (extent.shape.flags ?? 0);
  if (!isCompound(extent)) return flags;
  return flags | (folioOf(extent, pfn).first === pfn ? PG.head : PG.tail);
}

/** Flags of those of the extent's pages that are not the first of their folio. */
export function tailFlags({ type, shape }: Extent): number {
  return PAGE_TYPES[type].flags | (shape.flags ?? 0) | PG.tail;
}

/** Extents in the order of their frames, without overlap. */
export class Extents implements Iterable<Extent> {
  private readonly all: Extent[];
  private weighed: number;

  constructor(sorted: readonly Extent[]) {
    this.all = [...sorted];
    this.weighed = weightOf(sorted);
  }

  /** How many they are, and processes that map them. */
  get weight(): number {
    return this.weighed;
  }

  [Symbol.iterator](): Iterator<Extent> {
    return this.all[Symbol.iterator]();
  }

  get list(): readonly Extent[] {
    return this.all;
  }

  at(pfn: number): Extent | undefined {
    const extent = this.all[this.firstEndingAt(pfn)];
    return extent && extent.first <= pfn ? extent : undefined;
  }

  /** Those with a frame between the two. */
  *between(first: number, last: number): Generator<Extent> {
    for (let at = this.firstEndingAt(first); ; at += 1) {
      const extent = this.all[at];
      if (!extent || extent.first > last) return;
      yield extent;
    }
  }

  /** Puts an extent in the place of whatever was there. Free neighbours become one, so that taking and giving back leaves no trace. */
  put(extent: Extent): void {
    const from = this.firstEndingAt(extent.first);
    let to = from;
    const before: Extent[] = [];
    const after: Extent[] = [];
    for (let other = this.all[to]; other && other.first <= extent.last; other = this.all[to]) {
      if (other.first < extent.first) before.push({ ...other, last: extent.first - 1 });
      if (other.last > extent.last) after.push({ ...other, first: extent.last + 1 });
      to += 1;
    }
    this.replace(from, to - from, [...before, extent, ...after]);
    this.join(from + before.length);
  }

  /** Joins the extent at an index with its neighbours, where they are as alike. */
  private join(index: number): void {
    const extent = this.all[index] as Extent;
    const [left, right] = [this.all[index - 1], this.all[index + 1]];
    const from = left && alike(left, extent) && left.last + 1 === extent.first ? left : undefined;
    const to = right && alike(extent, right) && extent.last + 1 === right.first ? right : undefined;
    if (!from && !to) return;
    const joined = { ...extent, first: (from ?? extent).first, last: (to ?? extent).last };
    this.replace(from ? index - 1 : index, 1 + (from ? 1 : 0) + (to ? 1 : 0), [joined]);
  }

  private replace(at: number, count: number, extents: readonly Extent[]): void {
    this.weighed += weightOf(extents) - weightOf(this.all.splice(at, count, ...extents));
  }

  /** Index of the first extent that ends at this frame or beyond; the number of extents when none does. */
  private firstEndingAt(pfn: number): number {
    let low = 0;
    let high = this.all.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.all[middle] as Extent).last < pfn) low = middle + 1;
      else high = middle;
    }
    return low;
  }
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
