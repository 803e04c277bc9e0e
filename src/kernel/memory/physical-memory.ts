import { PG } from '../../abi/page-flags.ts';
import type { Random } from '../random.ts';
import { layOut, type Span } from './layout.ts';
import type { Page } from './page.ts';
import type { PageTypeName } from './page-type-names.ts';
import { PAGE_TYPES } from './page-types.ts';
import { defaultProcess, mapperOf } from './processes.ts';

/** What a scenario can say of a page beyond its type. */
export interface PageShape {
  /** Who maps it; absent: whoever maps pages of that type. */
  readonly mappers?: readonly { readonly comm: string; readonly pid: number }[];
  readonly earlyKill?: boolean;
  readonly pins?: number;
}

/** Pages that are alike, and what each of them is made like. */
interface Extent extends Span {
  readonly shape: PageShape;
}

const AS_THE_TYPE_IS: PageShape = {};

/**
 * All of a machine's page frames: spans of pages that are alike, and the pages that differ from their span. A page is an object only once
 * something happened to it, so a machine of 64 TiB costs what one of 1 GiB does.
 */
export class PhysicalMemory {
  /** Sorted, without overlap. */
  private readonly extents: Extent[];
  private readonly touched = new Map<number, Page>();

  constructor(memoryBytes: number) {
    this.extents = layOut(memoryBytes).map((span) => ({ ...span, shape: AS_THE_TYPE_IS }));
  }

  /** The frames there are, as sorted spans of one type each; pages that something happened to may have become something else. */
  get spans(): readonly Span[] {
    return this.extents;
  }

  /** The page frame of this number to act on, or undefined where there is no struct page: pfn_to_page() after pfn_valid(). */
  page(pfn: number): Page | undefined {
    const touched = this.touched.get(pfn);
    if (touched) return touched;
    const extent = this.extentOf(pfn);
    if (!extent) return undefined;
    const page = newPage(pfn, extent.type, extent.shape);
    this.touched.set(pfn, page);
    return page;
  }

  /** The page frame of this number when something happened to it already. */
  touchedPage(pfn: number): Page | undefined {
    return this.touched.get(pfn);
  }

  /** Makes pages what is said of them, whatever they were: also where there was no struct page before. */
  define(first: number, last: number, type: PageTypeName, shape: PageShape = {}): void {
    const from = this.firstEndingAt(first);
    let to = from;
    const around: Extent[] = [];
    for (let extent = this.extents[to]; extent && extent.first <= last; extent = this.extents[to]) {
      if (extent.first < first) around.push({ ...extent, last: first - 1 });
      if (extent.last > last) around.push({ ...extent, first: last + 1 });
      to += 1;
    }
    const before = around.filter((extent) => extent.last < first);
    const after = around.filter((extent) => extent.first > last);
    this.extents.splice(from, to - from, ...before, { first, last, type, shape }, ...after);
    if (first === last) this.touched.delete(first);
    else for (const pfn of this.touched.keys()) if (pfn >= first && pfn <= last) this.touched.delete(pfn);
  }

  /** Every page that something happened to. */
  differing(): IterableIterator<Page> {
    return this.touched.values();
  }

  /**
   * A page of this type that is not poisoned yet, drawn evenly; made out of a free page when the machine has none. A `pfnmap` page is a frame
   * beyond RAM. Undefined when nothing is left to draw from.
   */
  pick(type: PageTypeName, random: Random): Page | undefined {
    const found = type === 'poisoned' ? this.somePoisoned() : this.draw(type, random);
    if (found) return found;
    const beyond = (this.extents.at(-1)?.last ?? 0) + 1 + random.integer(0x10000);
    const pfn = PAGE_TYPES[type].section === 'absent' ? beyond : this.draw('free', random)?.pfn;
    if (pfn === undefined) return undefined;
    const made = newPage(pfn, type, AS_THE_TYPE_IS);
    this.touched.set(pfn, made);
    return made;
  }

  /** Any page of RAM that is not poisoned yet, drawn evenly. */
  pickAny(random: Random): Page | undefined {
    return this.draw(undefined, random);
  }

  private somePoisoned(): Page | undefined {
    for (const page of this.touched.values()) if (page.flags & PG.hwpoison) return page;
    return undefined;
  }

  private draw(type: PageTypeName | undefined, random: Random): Page | undefined {
    const extents = type === undefined ? this.extents : this.extents.filter((extent) => extent.type === type);
    const total = extents.reduce((sum, { first, last }) => sum + last - first + 1, 0);
    if (total === 0) return undefined;
    // A drawn page that is poisoned, or has become something else, is passed over for the next one: no more of them than were ever touched.
    const start = random.integer(total);
    for (let step = 0; step < total; step += 1) {
      const pfn = nth(extents, (start + step) % total);
      const page = this.touched.get(pfn);
      if (!page || ((type === undefined || page.type === type) && !(page.flags & PG.hwpoison))) return this.page(pfn);
    }
    return undefined;
  }

  private extentOf(pfn: number): Extent | undefined {
    const extent = this.extents[this.firstEndingAt(pfn)];
    return extent && extent.first <= pfn ? extent : undefined;
  }

  /** Index of the first extent that ends at this frame or beyond; the number of extents when none does. */
  private firstEndingAt(pfn: number): number {
    let low = 0;
    let high = this.extents.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.extents[middle] as Extent).last < pfn) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function nth(spans: readonly Span[], index: number): number {
  let left = index;
  for (const { first, last } of spans) {
    const size = last - first + 1;
    if (left < size) return first + left;
    left -= size;
  }
  throw new RangeError(`no page ${index} in these spans`);
}

function newPage(pfn: number, type: PageTypeName, { mappers, earlyKill, pins }: PageShape): Page {
  const row = PAGE_TYPES[type];
  const processes = mappers ?? (row.mapped ? [defaultProcess(pfn)] : []);
  return {
    pfn,
    type,
    section: row.section ?? 'online',
    flags: row.flags,
    pins: pins ?? 0,
    mapping: row.mapping ?? null,
    pteDirty: row.pteDirty ?? false,
    mappers: processes.map((process) => mapperOf(process, pfn, earlyKill ?? false)),
    cannotUnmap: row.cannotUnmap ?? false,
    cannotSplit: row.cannotSplit ?? false,
    takenOffBuddy: row.takenOffBuddy ?? false,
  };
}
