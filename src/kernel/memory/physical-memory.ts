// Page frames: what lies where, what each page is, who maps it. The folder imports abi/ and, of the kernel, random.ts alone;
// memory-host.ts is all it sees of the rest. Start at PhysicalMemory, then page.ts (one page), extents.ts (ranges of equal pages) and
// layout.ts (memory at boot).
import { LIMITS } from '../../abi/limits.ts';
import { PG } from '../../abi/page-flags.ts';
import type { Random } from '../random.ts';
import { type Extent, Extents, folioOf, flagsIn, type PageShape, withMappers } from './extents.ts';
import { FrameSet } from './frame-set.ts';
import { type Frames, PAGES_PER_SECTION } from './frames.ts';
import type { MachineLayout } from './layout.ts';
import { MappedBy } from './mapped-by.ts';
import { mapcount, type Page } from './page.ts';
import { PageMap } from './page-map.ts';
import { PAGE_TYPES, type PageTypeName } from './page-types.ts';
import { mapperOf, Processes } from './processes.ts';

/** Random guesses for the place of a huge page before a search. */
const GUESSES = 16;

/**
 * All page frames of a machine: extents of equal pages, and the pages that differ from their extent. A page is an object only after
 * something happened to it, so a machine of 64 TiB costs no more than one of 1 GiB.
 */
export class PhysicalMemory {
  readonly processes: Processes;
  readonly #layout: MachineLayout;
  #extents!: Extents;
  #touched!: PageMap;
  /** Frames to pick from, by the type of their extent: not poisoned, and still of that type. */
  readonly #drawable = new Map<PageTypeName, FrameSet>();
  /** Frames that are not poisoned, of all types. */
  #healthy!: FrameSet;
  /** Frames that something happened to and that are poisoned. */
  #poisoned!: FrameSet;
  /** The frames of the extents a process maps, and the pages that {@link pick} made for it. */
  #mappedBy!: MappedBy;
  /** Called with the change in poisoned pages when pages are defined. A failure counts its page itself. */
  readonly #onDefinedPoison: (pages: number) => void;
  readonly #room: number;
  /** Pages returned since {@link forgetUnchanged}. The sets are not up to date with their changes. */
  readonly #handedOut = new Set<Page>();
  /** Frames for which {@link #healthy} and {@link #poisoned} may be out of date. Most errors are injected by type, which needs neither. */
  readonly #unsettled = new Set<number>();

  constructor(layout: MachineLayout, onDefinedPoison: (pages: number) => void = () => undefined) {
    this.#onDefinedPoison = onDefinedPoison;
    this.#layout = layout;
    this.processes = new Processes(layout.processes);
    this.boot();
    this.#room = this.#extents.weight + LIMITS.pages.most;
  }

  /** Resets all pages to the layout, and starts its processes. */
  boot(): void {
    this.processes.boot();
    this.#extents = new Extents(this.#layout.extents);
    this.#touched = new PageMap();
    this.#drawable.clear();
    this.#healthy = new FrameSet();
    this.#poisoned = new FrameSet();
    this.#mappedBy = new MappedBy();
    this.#handedOut.clear();
    this.#unsettled.clear();
    for (const extent of this.#layout.extents) this.#count(extent);
  }

  /** All frames as sorted extents of one type each. Pages that something happened to may have another type by now. */
  get spans(): readonly Extent[] {
    return this.#extents.list;
  }

  /** The extents with a frame between the two, in order. */
  spansBetween(first: number, last: number): Iterable<Extent> {
    return this.#extents.between(first, last);
  }

  /** Whether LIMITS.pages, beyond the pages of the layout, leaves room for one more page with this number of mappers. */
  hasRoom(mappers = 0): boolean {
    return this.#extents.weight + this.#touched.weight + mappers < this.#room;
  }

  /** The page of this frame number, to be changed; undefined if there is no struct page: pfn_to_page() after pfn_valid(). */
  page(pfn: number): Page | undefined {
    const touched = this.#touched.get(pfn);
    const extent = touched ? undefined : this.#extents.at(pfn);
    if (!touched && !extent) return undefined;
    const page = touched ?? newPage(pfn, extent as Extent);
    if (!touched) this.#touched.set(page);
    this.#handedOut.add(page);
    return page;
  }

  /** The page of this frame number if something happened to it. */
  touchedPage(pfn: number): Readonly<Page> | undefined {
    return this.#touched.get(pfn);
  }

  /** Every page that something happened to. */
  differing(): Iterable<Readonly<Page>> {
    return this.#touched;
  }

  /** Those of a range, in no order. */
  differingBetween(first: number, last: number): Iterable<Readonly<Page>> {
    return this.#touched.between(first, last);
  }

  /** Forgets pages that were returned and not changed. Do not change a page after this. */
  forgetUnchanged(): void {
    if (this.#handedOut.size === 0) return;
    for (const page of this.#handedOut) {
      const extent = this.#settlePage(page);
      if (extent && isAsNew(page, extent)) this.#forget(page);
    }
    this.#handedOut.clear();
  }

  /** Replaces pages, also where there was no struct page before. */
  define(first: number, last: number, type: PageTypeName, shape: PageShape = {}): void {
    const poisoned = this.poisonedBetween(first, last);
    if (shape.mappers) this.processes.runs(shape.mappers);
    for (const page of this.#touched.between(first, last)) this.#forget(page);
    this.#poisoned.remove(first, last);
    this.#put(withMappers({ first, last, type, shape }, this.processes));
    this.#onDefinedPoison(this.poisonedBetween(first, last) - poisoned);
  }

  /** The frames of the folio of a page; a frame without a struct page is alone. */
  folioOf(pfn: number): Frames {
    const extent = this.#extents.at(pfn);
    return extent ? folioOf(extent, pfn) : { first: pfn, last: pfn };
  }

  /** The properties of the extent around a page. */
  shapeOf(pfn: number): PageShape {
    return this.#extents.at(pfn)?.shape ?? {};
  }

  /** Replaces the other pages of the folio of a page, as when the folio is split or dissolved around it. */
  redefineRest(pfn: number, type: PageTypeName, shape: PageShape = {}): void {
    const { first, last } = this.folioOf(pfn);
    if (first < pfn) this.define(first, pfn - 1, type, shape);
    if (last > pfn) this.define(pfn + 1, last, type, shape);
  }

  /**
   * A random page of this type that is not poisoned. If the machine has none, one is made from free memory. A `pfnmap` page is a frame
   * beyond RAM. Undefined if there is none.
   */
  pick(type: PageTypeName, random: Random): Page | undefined {
    const found = type === 'poisoned' ? this.#somePoisoned() : this.#draw(type, random);
    return found ?? this.#make(type, random);
  }

  /** A random page of RAM that is not poisoned. */
  pickAny(random: Random): Page | undefined {
    return this.#draw(undefined, random);
  }

  /** Finds this number of aligned free pages: returns the first frame, or undefined if there is no room. */
  allocate(pages: number, random: Random): number | undefined {
    this.#settle();
    const free = this.#drawableOf('free');
    if (pages === 1) return free.pages === 0 ? undefined : free.nth(random.integer(free.pages));
    const room = free.room(pages);
    for (let guess = 0; room && guess < GUESSES; guess += 1) {
      const pfn = free.nth(random.integer(free.pages)) ?? 0;
      const first = pfn - (pfn % pages);
      if (free.has(first, first + pages - 1)) return first;
    }
    return room?.first;
  }

  /** The first aligned blocks of `pages` free pages, at most `blocks`, neighbours in one range. They may be defined while you iterate. */
  *roomFor(pages: number, blocks: number): Generator<Frames> {
    this.#settle();
    let from = 0;
    for (let left = blocks; left > 0;) {
      const room = this.#drawableOf('free').room(pages, from);
      if (!room) return;
      const count = Math.min(left, Math.floor((room.last - room.first + 1) / pages));
      from = room.first + count * pages;
      left -= count;
      yield { first: room.first, last: from - 1 };
    }
  }

  /** Frees the memory of a process that ends: anonymous pages become free, pages of files lose one mapping. */
  unmapProcess(pid: number): void {
    this.processes.end(pid);
    for (const { first, last } of this.#mappedBy.of(pid)) {
      for (const extent of [...this.#extents.between(first, last)]) {
        if (extent.shape.mappers?.some((mapper) => mapper.pid === pid)) this.#put(unmapped(extent, pid));
      }
      for (const page of this.#touched.between(first, last)) this.#unmapPage(page, pid);
    }
    this.#mappedBy.delete(pid);
  }

  /** How many pages of a range are poisoned. */
  poisonedBetween(first: number, last: number): number {
    let count = 0;
    for (const extent of this.#extents.between(first, last)) {
      if (PAGE_TYPES[extent.type].flags & PG.hwpoison) count += Math.min(extent.last, last) - Math.max(extent.first, first) + 1;
    }
    for (const page of this.#touched.between(first, last)) {
      const extent = this.#extents.at(page.pfn);
      const before = extent && PAGE_TYPES[extent.type].flags & PG.hwpoison ? 1 : 0;
      count += (page.flags & PG.hwpoison ? 1 : 0) - before;
    }
    return count;
  }

  /** One more than the last frame of memory, rounded up to a section: how far /proc/kpageflags goes. Mirrors get_max_dump_pfn(). */
  get maxDumpPfn(): number {
    const last = this.#extents.findLast(({ type }) => (PAGE_TYPES[type].section ?? 'online') === 'online')?.last ?? -1;
    return Math.ceil((last + 1) / PAGES_PER_SECTION) * PAGES_PER_SECTION;
  }

  /** Turns free memory into a page of a type, or into a whole folio if the type has folios. */
  #make(type: PageTypeName, random: Random): Page | undefined {
    const row = PAGE_TYPES[type];
    if (row.section === 'absent') {
      const pfn = (this.#extents.findLast(() => true)?.last ?? 0) + 1 + random.integer(0x10000);
      return this.#makeOne(pfn, type);
    }
    const folio = 2 ** (row.order ?? 0);
    const head = folio > 1 ? this.allocate(folio, random) : undefined;
    if (head !== undefined) {
      this.define(head, head + folio - 1, type);
      return this.page(head);
    }
    const pfn = this.allocate(1, random);
    return pfn === undefined ? undefined : this.#makeOne(pfn, type);
  }

  #makeOne(pfn: number, type: PageTypeName): Page {
    const owner = PAGE_TYPES[type].mapped && this.processes.somebody(pfn);
    const page = { ...newPage(pfn, { first: pfn, last: pfn, type, shape: owner ? { mappers: [owner] } : {} }), ...(owner && { madeFor: owner.pid }) };
    this.#touched.set(page);
    this.#handedOut.add(page);
    if (owner) this.#mappedBy.add(owner.pid, pfn, pfn);
    if (page.flags & PG.hwpoison) this.#onDefinedPoison(1);
    return page;
  }

  #somePoisoned(): Page | undefined {
    this.#settleAll();
    const pfn = this.#poisoned.nth(0) ?? this.#drawableOf('poisoned').nth(0);
    return pfn === undefined ? undefined : this.page(pfn);
  }

  /** A random page, of a type or of any type. */
  #draw(type: PageTypeName | undefined, random: Random): Page | undefined {
    if (type === undefined) this.#settleAll();
    else this.#settle();
    const frames = type === undefined ? this.#healthy : this.#drawableOf(type);
    const pfn = frames.pages === 0 ? undefined : frames.nth(random.integer(frames.pages));
    return pfn === undefined ? undefined : this.page(pfn);
  }

  #drawableOf(type: PageTypeName): FrameSet {
    const known = this.#drawable.get(type);
    if (known) return known;
    const made = new FrameSet();
    this.#drawable.set(type, made);
    return made;
  }

  /** Replaces the frames of an extent. The caller must forget or settle the changed pages in it. */
  #put(extent: Extent): void {
    const { first, last } = extent;
    for (const old of this.#extents.between(first, last)) {
      const [from, to] = [Math.max(old.first, first), Math.min(old.last, last)];
      this.#drawableOf(old.type).remove(from, to);
      for (const { pid } of old.shape.mappers ?? []) this.#mappedBy.remove(pid, from, to);
    }
    this.#extents.put(extent);
    this.#count(extent);
  }

  /** Adds the frames of an extent to its sets. */
  #count({ first, last, type, shape }: Extent): void {
    this.#drawableOf(type).add(first, last);
    if (PAGE_TYPES[type].flags & PG.hwpoison) this.#healthy.remove(first, last);
    else this.#healthy.add(first, last);
    for (const { pid } of shape.mappers ?? []) this.#mappedBy.add(pid, first, last);
  }

  /** Brings {@link #drawable} up to date with the changes of the returned pages. */
  #settle(): void {
    for (const page of this.#handedOut) this.#settlePage(page);
  }

  /** Brings all sets up to date. */
  #settleAll(): void {
    this.#settle();
    for (const pfn of this.#unsettled) {
      const page = this.#touched.get(pfn);
      const extent = this.#extents.at(pfn);
      const poisoned = ((page?.flags ?? (extent ? PAGE_TYPES[extent.type].flags : 0)) & PG.hwpoison) !== 0;
      mark(this.#poisoned, pfn, page !== undefined && poisoned);
      if (extent) mark(this.#healthy, pfn, !poisoned);
    }
    this.#unsettled.clear();
  }

  /** Returns the extent around the page; undefined if there is none, or if another page has taken the place of this one. */
  #settlePage(page: Page): Extent | undefined {
    const { pfn, flags, type } = page;
    if (this.#touched.get(pfn) !== page) return undefined;
    this.#unsettled.add(pfn);
    const extent = this.#extents.at(pfn);
    if (!extent) return undefined;
    const poisoned = (flags & PG.hwpoison) !== 0;
    mark(this.#drawableOf(extent.type), pfn, type === extent.type && (type === 'poisoned' || !poisoned));
    return extent;
  }

  #unmapPage(page: Page, pid: number): void {
    if (page.mappers.some((mapper) => mapper.pid === pid)) {
      page.mappers = page.mappers.filter((mapper) => mapper.pid !== pid);
      if (page.mappers.length === 0 && page.mapping === 'anon' && !(page.flags & (PG.hwpoison | PG.huge))) freePage(page);
    }
    this.#settlePage(page);
  }

  #forget({ pfn, madeFor }: Page): void {
    this.#touched.delete(pfn);
    if (madeFor !== undefined) this.#mappedBy.remove(madeFor, pfn, pfn);
  }
}

/** What is left of an extent when one of the processes that map it has ended. */
function unmapped(extent: Extent, pid: number): Extent {
  const row = PAGE_TYPES[extent.type];
  const left = (extent.shape.mappers ?? []).filter((mapper) => mapper.pid !== pid);
  if (left.length > 0 || row.mapping !== 'anon') return { ...extent, shape: { ...extent.shape, mappers: left } };
  return { ...extent, type: row.flags & PG.huge ? 'hugetlb-free' : 'free', shape: {} };
}

function mark(frames: FrameSet, pfn: number, included: boolean): void {
  if (included) frames.add(pfn, pfn);
  else frames.remove(pfn, pfn);
}

/** What is left of a page that its last owner freed. PG_hwpoison stays. */
export function freePage(page: Page): void {
  page.type = 'free';
  page.flags = (page.flags & PG.hwpoison) | PG.buddy;
  page.mapping = null;
  page.mappers = [];
  page.pteDirty = false;
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
