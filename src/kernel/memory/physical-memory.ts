import { LIMITS } from '../../abi/limits.ts';
import { PG } from '../../abi/page-flags.ts';
import type { Random } from '../random.ts';
import { type Extent, Extents, folioOf, flagsIn, type PageShape, withMappers } from './extents.ts';
import { type Frames, size } from './frames.ts';
import type { MachineLayout } from './layout.ts';
import { mapcount, type Page } from './page.ts';
import { PageMap } from './page-map.ts';
import type { PageTypeName } from './page-type-names.ts';
import { PAGE_TYPES } from './page-types.ts';
import { mapperOf, Processes } from './processes.ts';
import { PAGES_PER_SECTION } from './sizes.ts';

/** How often a place for a huge page is guessed before it is searched for. */
const GUESSES = 16;

/**
 * All of a machine's page frames: extents of pages that are alike, and the pages that differ from their extent. A page is an object only once
 * something happened to it, so a machine of 64 TiB costs what one of 1 GiB does.
 */
export class PhysicalMemory {
  readonly processes: Processes;
  private readonly extents: Extents;
  private readonly touched = new PageMap();
  /** Told how many pages more, or fewer, are poisoned because of what was said of pages: of what happens to them, those who do it keep count. */
  private readonly poisonedBySaying: (pages: number) => void;
  private readonly room: number;
  /** Pages handed out since {@link forgetUnchanged}, to which nothing may have happened after all. */
  private fresh: Page[] = [];

  constructor(layout: MachineLayout, poisonedBySaying: (pages: number) => void = () => undefined) {
    this.poisonedBySaying = poisonedBySaying;
    this.extents = new Extents(layout.extents);
    this.room = this.extents.weight + LIMITS.pages.most;
    this.processes = new Processes(layout.processes);
  }

  /** The frames there are, as sorted extents of one type each; pages that something happened to may have become something else. */
  get spans(): readonly Extent[] {
    return this.extents.list;
  }

  /** The extents with a frame between the two, in order. */
  spansBetween(first: number, last: number): Iterable<Extent> {
    return this.extents.between(first, last);
  }

  /** Whether there is room to tell pages with so many mappers apart from those around them: LIMITS.pages, beyond what the machine came with. */
  hasRoom(mappers = 0): boolean {
    return this.extents.weight + this.touched.weight + mappers < this.room;
  }

  /** The page frame of this number to act on, or undefined where there is no struct page: pfn_to_page() after pfn_valid(). */
  page(pfn: number): Page | undefined {
    const touched = this.touched.get(pfn);
    if (touched) return touched;
    const extent = this.extents.at(pfn);
    if (!extent) return undefined;
    const page = newPage(pfn, extent);
    this.touched.set(page);
    this.fresh.push(page);
    return page;
  }

  /** The page frame of this number when something happened to it already. */
  touchedPage(pfn: number): Page | undefined {
    return this.touched.get(pfn);
  }

  /** Every page that something happened to. */
  differing(): Iterable<Page> {
    return this.touched;
  }

  /** Those of a range, in no order. */
  differingBetween(first: number, last: number): Iterable<Page> {
    return this.touched.between(first, last);
  }

  /** Lets go of pages that were looked at and left as they were. */
  forgetUnchanged(): void {
    if (this.fresh.length === 0) return;
    for (const page of this.fresh) {
      const extent = this.extents.at(page.pfn);
      if (extent && this.touched.get(page.pfn) === page && isAsNew(page, extent)) this.touched.delete(page.pfn);
    }
    this.fresh = [];
  }

  /** Makes pages what is said of them, whatever they were: also where there was no struct page before. */
  define(first: number, last: number, type: PageTypeName, shape: PageShape = {}): void {
    const poisoned = this.poisonedBetween(first, last);
    if (shape.mappers) this.processes.runs(shape.mappers);
    this.extents.put(withMappers({ first, last, type, shape }, this.processes));
    for (const { pfn } of this.touched.between(first, last)) this.touched.delete(pfn);
    this.poisonedBySaying(this.poisonedBetween(first, last) - poisoned);
  }

  /** The frames of the folio a page belongs to; those beyond struct pages stand by themselves. */
  folioOf(pfn: number): Frames {
    const extent = this.extents.at(pfn);
    return extent ? folioOf(extent, pfn) : { first: pfn, last: pfn };
  }

  /** What was said of the pages around a page. */
  shapeOf(pfn: number): PageShape {
    return this.extents.at(pfn)?.shape ?? {};
  }

  /** Makes the other pages of a page's folio something else, as when the folio is split or dissolved around it. */
  redefineRest(pfn: number, type: PageTypeName, shape: PageShape = {}): void {
    const { first, last } = this.folioOf(pfn);
    if (first < pfn) this.define(first, pfn - 1, type, shape);
    if (last > pfn) this.define(pfn + 1, last, type, shape);
  }

  /**
   * A page of this type that is not poisoned yet, drawn evenly; made out of free memory when the machine has none. A `pfnmap` page is a frame
   * beyond RAM. Undefined when nothing is left to draw from.
   */
  pick(type: PageTypeName, random: Random): Page | undefined {
    const found = type === 'poisoned' ? this.somePoisoned() : this.draw(type, random);
    return found ?? this.make(type, random);
  }

  /** Any page of RAM that is not poisoned yet, drawn evenly. */
  pickAny(random: Random): Page | undefined {
    return this.draw(undefined, random);
  }

  /** So many aligned free pages for the kernel to use: the first of them, or undefined where there is no such room. */
  allocate(pages: number, random: Random): number | undefined {
    if (pages === 1) return this.draw('free', random)?.pfn;
    for (let guess = 0; guess < GUESSES; guess += 1) {
      const pfn = this.draw('free', random)?.pfn;
      if (pfn === undefined) return undefined;
      const extent = this.extents.at(pfn);
      const first = pfn - (pfn % pages);
      if (extent?.type === 'free' && first >= extent.first && first + pages - 1 <= extent.last && this.isUntouched(first, pages)) return first;
    }
    for (const room of this.roomFor(pages, 1)) return room.first;
    return undefined;
  }

  /** The first aligned blocks of free pages, at most so many, neighbours together. */
  *roomFor(pages: number, blocks: number): Generator<Frames> {
    let left = blocks;
    for (const { type, first, last } of [...this.extents]) {
      if (type !== 'free') continue;
      let at = Math.ceil(first / pages) * pages;
      while (left > 0 && at + pages - 1 <= last) {
        let end = at;
        while (end + pages - 1 <= last && left > 0 && this.isUntouched(end, pages)) [end, left] = [end + pages, left - 1];
        if (end > at) yield { first: at, last: end - 1 };
        at = end > at ? end : at + pages;
      }
    }
  }

  /** Takes a process's memory from it, as its end does: what is anonymous is free again, of files there is one mapping less. */
  unmapProcess(pid: number): void {
    this.processes.end(pid);
    const others = <M extends { readonly pid: number }>(mappers: readonly M[]): M[] => mappers.filter((mapper) => mapper.pid !== pid);
    for (const extent of [...this.extents]) {
      const { mappers } = extent.shape;
      if (!mappers?.some((mapper) => mapper.pid === pid)) continue;
      const left = others(mappers);
      const freed = left.length === 0 && PAGE_TYPES[extent.type].mapping === 'anon';
      const huge = (PAGE_TYPES[extent.type].flags & PG.huge) !== 0;
      if (freed) this.extents.put({ ...extent, type: huge ? 'hugetlb-free' : 'free', shape: {} });
      else this.extents.put({ ...extent, shape: { ...extent.shape, mappers: left } });
    }
    for (const page of this.touched) {
      if (!page.mappers.some((mapper) => mapper.pid === pid)) continue;
      page.mappers = others(page.mappers);
      if (page.mappers.length === 0 && page.mapping === 'anon' && !(page.flags & (PG.hwpoison | PG.huge))) freePage(page);
    }
  }

  /** How many pages of a range are poisoned. */
  poisonedBetween(first: number, last: number): number {
    let count = 0;
    for (const extent of this.extents.between(first, last)) {
      if (PAGE_TYPES[extent.type].flags & PG.hwpoison) count += Math.min(extent.last, last) - Math.max(extent.first, first) + 1;
    }
    for (const page of this.touched.between(first, last)) {
      const extent = this.extents.at(page.pfn);
      const before = extent && PAGE_TYPES[extent.type].flags & PG.hwpoison ? 1 : 0;
      count += (page.flags & PG.hwpoison ? 1 : 0) - before;
    }
    return count;
  }

  /** One more than the last frame of memory, rounded up to a section: how far /proc/kpageflags goes. Mirrors get_max_dump_pfn(). */
  get maxDumpPfn(): number {
    const last = this.extents.list.findLast(({ type }) => (PAGE_TYPES[type].section ?? 'online') === 'online')?.last ?? -1;
    return Math.ceil((last + 1) / PAGES_PER_SECTION) * PAGES_PER_SECTION;
  }

  private isUntouched(first: number, pages: number): boolean {
    for (const _page of this.touched.between(first, first + pages - 1)) return false;
    return true;
  }

  /** Makes a page of a type out of free memory, a whole folio where the type has folios. */
  private make(type: PageTypeName, random: Random): Page | undefined {
    const row = PAGE_TYPES[type];
    if (row.section === 'absent') {
      const pfn = (this.extents.list.at(-1)?.last ?? 0) + 1 + random.integer(0x10000);
      return this.makeOne(pfn, type);
    }
    const folio = 2 ** (row.order ?? 0);
    const head = folio > 1 ? this.allocate(folio, random) : undefined;
    if (head !== undefined) {
      this.define(head, head + folio - 1, type);
      return this.page(head);
    }
    const pfn = this.allocate(1, random);
    return pfn === undefined ? undefined : this.makeOne(pfn, type);
  }

  private makeOne(pfn: number, type: PageTypeName): Page {
    const mappers = PAGE_TYPES[type].mapped ? [this.processes.somebody(pfn)] : [];
    const page = newPage(pfn, { first: pfn, last: pfn, type, shape: { mappers } });
    this.touched.set(page);
    if (page.flags & PG.hwpoison) this.poisonedBySaying(1);
    return page;
  }

  private somePoisoned(): Page | undefined {
    for (const page of this.touched) if (page.flags & PG.hwpoison) return page;
    return this.draw('poisoned', { integer: () => 0 });
  }

  private draw(type: PageTypeName | undefined, random: Random): Page | undefined {
    const extents = type === undefined ? this.extents.list : this.extents.list.filter((extent) => extent.type === type);
    const total = extents.reduce((sum, extent) => sum + size(extent), 0);
    if (total === 0) return undefined;
    // A drawn page that is poisoned, or has become something else, is passed over for the next one: no more of them than were ever touched.
    for (const start of [random.integer(total), 0]) {
      for (const pfn of framesFrom(extents, start)) {
        const page = this.touched.get(pfn);
        if (!page || (type === 'poisoned' || !(page.flags & PG.hwpoison)) && (type === undefined || page.type === type)) return this.page(pfn);
      }
    }
    return undefined;
  }
}

/** What is left of a page that its last owner freed. PG_hwpoison stays. */
export function freePage(page: Page): void {
  page.type = 'free';
  page.flags = (page.flags & PG.hwpoison) | PG.buddy;
  page.mapping = null;
  page.mappers = [];
  page.pteDirty = false;
}

/** The frames there are, one after the other, without the first `index`. */
function* framesFrom(extents: readonly Frames[], index: number): Generator<number> {
  let left = index;
  for (const { first, last } of extents) {
    for (let pfn = first + left; pfn <= last; pfn += 1) yield pfn;
    left = Math.max(0, left - (last - first + 1));
  }
}

function newPage(pfn: number, extent: Extent): Page {
  const { type, shape } = extent;
  const row = PAGE_TYPES[type];
  return {
    pfn,
    type,
    section: row.section ?? 'online',
    flags: flagsIn(extent, pfn),
    pins: shape.pins ?? 0,
    mapping: row.mapping ?? null,
    pteDirty: row.pteDirty ?? false,
    mappers: (shape.mappers ?? []).map((process) => mapperOf(process, pfn, shape)),
    cannotUnmap: row.cannotUnmap ?? false,
    cannotSplit: row.cannotSplit ?? false,
    takenOffBuddy: row.takenOffBuddy ?? false,
    weight: 1 + (shape.mappers?.length ?? 0),
  };
}

/** Whether a page is as its extent has it. */
function isAsNew(page: Page, extent: Extent): boolean {
  // Nearly always it is the poison that makes it differ.
  if (page.flags !== flagsIn(extent, page.pfn)) return false;
  const fresh = newPage(page.pfn, extent);
  const same = (key: keyof Page): boolean => page[key] === fresh[key];
  const KEYS = ['type', 'section', 'pins', 'mapping', 'pteDirty', 'cannotUnmap', 'cannotSplit', 'takenOffBuddy'] as const;
  return KEYS.every(same) && page.mappers.length === fresh.mappers.length && mapcount(page) === mapcount(fresh);
}
