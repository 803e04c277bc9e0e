import { PG } from '../../abi/page-flags.ts';
import type { Mapping, PageSection, PageTypeName } from './page-types.ts';

/** A process that maps a page. */
export interface Mapper {
  readonly comm: string;
  readonly pid: number;
  /** Virtual address of the page in the process. */
  readonly address: bigint;
  /** The kernel cannot find that address (page_address_in_vma() fails), so it sends SIGKILL instead of SIGBUS. */
  readonly noAddress: boolean;
  /** The process asked for a SIGBUS at once (PR_MCE_KILL_EARLY) instead of on access. */
  readonly earlyKill: boolean;
  /** Its page table entry is a hwpoison entry: access raises SIGBUS. Set by unmapping a poisoned page. */
  poisoned: boolean;
}

/** The state of one page frame: the parts of `struct page` and `struct folio` that memory_failure() reads. */
export interface Page {
  readonly pfn: number;
  type: PageTypeName;
  section: PageSection;
  /** Bits of PG. */
  flags: number;
  /** References beyond those of the page tables, the page cache and the LRU lists: pins. */
  pins: number;
  mapping: Mapping | null;
  /** A page table entry has its dirty bit set: unmapping makes the page dirty. */
  pteDirty: boolean;
  mappers: Mapper[];
  /** try_to_unmap() fails on it. */
  cannotUnmap: boolean;
  /** Splitting it fails. */
  cannotSplit: boolean;
  /** It was taken off the buddy lists because it is poisoned. Unpoisoning puts it back. */
  takenOffBuddy: boolean;
  /** Its cost in LIMITS.pages: 1 for the page, and 1 for each process that mapped it at first. */
  readonly weight: number;
  /** The pid of the process for which a free page was turned into this one: its extent has no mapper. */
  readonly madeFor?: number;
}

/** Whether all the given flag bits are set: `has(page, PG.lru)`. */
export function has(page: Page, flags: number): boolean {
  return (page.flags & flags) === flags;
}

/** Whether any of the given flag bits is set. */
export function hasAny(page: Page, flags: number): boolean {
  return (page.flags & flags) !== 0;
}

/** How many processes map the page: page_mapped(). A hwpoison entry does not map it. */
export function mapcount(page: Page): number {
  return page.mappers.reduce((count, mapper) => (mapper.poisoned ? count : count + 1), 0);
}

/** References besides that of the poison: pins, page tables and the page cache. Mirrors folio_ref_count() - 1 of a poisoned page. */
export function references(page: Page): number {
  const inPageCache = page.mapping !== null && page.mapping !== 'anon';
  return page.pins + mapcount(page) + (inPageCache ? 1 : 0);
}

/** A compound page: folio_test_large(). */
export function isLarge(page: Page): boolean {
  return hasAny(page, PG.head | PG.tail);
}
