import { PG } from '../../abi/page-flags.ts';
import type { Random } from '../random.ts';
import { layOut, type Span } from './layout.ts';
import type { Page } from './page.ts';
import type { PageTypeName } from './page-type-names.ts';
import { PAGE_TYPES } from './page-types.ts';
import { defaultProcess, mapperOf } from './processes.ts';

/** Pages that a scenario said something about, first to last, and what each of them is made like. */
interface Overlay extends Span {
  readonly shape: PageShape;
}

/** What a scenario can say of a page beyond its type. */
export interface PageShape {
  /** Who maps it; absent: whoever maps pages of that type. */
  readonly mappers?: readonly { readonly comm: string; readonly pid: number }[];
  readonly earlyKill?: boolean;
  readonly pins?: number;
}

/**
 * All of a machine's page frames: spans of pages that are alike, and the pages that differ from their span. A page is an object only once
 * something happened to it, so a machine of 64 TiB costs what one of 1 GiB does.
 */
export class PhysicalMemory {
  readonly spans: readonly Span[];
  private overlays: readonly Overlay[] = [];
  private readonly touched = new Map<number, Page>();

  constructor(memoryBytes: number) {
    this.spans = layOut(memoryBytes);
  }

  /** The page frame of this number to act on, or undefined where there is no struct page: pfn_to_page() after pfn_valid(). */
  page(pfn: number): Page | undefined {
    const touched = this.touched.get(pfn);
    if (touched) return touched;
    const span = this.spanOf(pfn);
    if (!span) return undefined;
    const page = newPage(pfn, span.type, 'shape' in span ? (span as Overlay).shape : {});
    this.touched.set(pfn, page);
    return page;
  }

  /** The page frame of this number when something happened to it already. */
  touchedPage(pfn: number): Page | undefined {
    return this.touched.get(pfn);
  }

  /** Makes pages what is said of them, whatever they were: also where there was no struct page before. */
  define(first: number, last: number, type: PageTypeName, shape: PageShape = {}): void {
    if (first === last) {
      this.touched.set(first, newPage(first, type, shape));
      return;
    }
    const stillSeen = this.overlays.filter((overlay) => overlay.first < first || overlay.last > last);
    this.overlays = [{ first, last, type, shape }, ...stillSeen];
    for (const pfn of this.touched.keys()) if (pfn >= first && pfn <= last) this.touched.delete(pfn);
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
    const beyond = (this.spans.at(-1)?.last ?? 0) + 1 + random.integer(0x10000);
    const pfn = PAGE_TYPES[type].section === 'absent' ? beyond : this.draw('free', random)?.pfn;
    if (pfn === undefined) return undefined;
    this.define(pfn, pfn, type);
    return this.page(pfn);
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
    const spans = [...this.overlays, ...this.spans].filter((span) => type === undefined || span.type === type);
    const total = spans.reduce((sum, span) => sum + span.last - span.first + 1, 0);
    if (total === 0) return undefined;
    // A drawn page that is poisoned, or has become something else, is passed over for the next one: few are, so the walk is short.
    const start = random.integer(total);
    for (let step = 0; step < total; step += 1) {
      const pfn = nth(spans, (start + step) % total);
      const page = this.touched.get(pfn);
      const typeNow = page ? page.type : this.spanOf(pfn)?.type;
      if ((type === undefined || typeNow === type) && !(page && page.flags & PG.hwpoison)) return this.page(pfn);
    }
    return undefined;
  }

  private spanOf(pfn: number): Span | undefined {
    const overlay = this.overlays.find(({ first, last }) => pfn >= first && pfn <= last);
    if (overlay) return overlay;
    let low = 0;
    let high = this.spans.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const span = this.spans[middle] as Span;
      if (pfn < span.first) high = middle - 1;
      else if (pfn > span.last) low = middle + 1;
      else return span;
    }
    return undefined;
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
