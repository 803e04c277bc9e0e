import { PG } from '../../abi/page-flags.ts';
import type { Mapping, PageSection, PageTypeName } from './page-types.ts';

/** A process that maps a page. */
export interface Mapper {
  readonly comm: string;
  readonly pid: number;
  /** Virtual address of the page in the process. */
  readonly address: bigint;
  /** The kernel cannot find that address (page_address_in_vma() fails): who is to be told of the error is killed instead. */
  readonly noAddress: boolean;
  /** Asked for a SIGBUS at once (PR_MCE_KILL_EARLY) rather than on access. */
  readonly earlyKill: boolean;
  /** Its page table entry is a hwpoison entry: access raises SIGBUS. Set by unmapping a poisoned page. */
  poisoned: boolean;
}

/** The state of one page frame: the parts of `struct page` and `struct folio` that memory_failure() decides by. */
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
  /** It went back to its owner as poisoned: taken off the buddy lists, which unpoisoning puts it back on. */
  takenOffBuddy: boolean;
  /** What it takes to keep: itself, and each process that mapped it to begin with. */
  readonly weight: number;
  /** The pid of the process for which it was made of a free page: its extent knows of no mapper. */
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

/** Who has the page in a page table: page_mapped(). Hwpoison entries no longer map it. */
export function mapcount(page: Page): number {
  return page.mappers.reduce((count, mapper) => (mapper.poisoned ? count : count + 1), 0);
}

/** References other than the poison's own: pins, page tables and the page cache. Mirrors folio_ref_count() - 1 of a poisoned page. */
export function references(page: Page): number {
  const inPageCache = page.mapping !== null && page.mapping !== 'anon';
  return page.pins + mapcount(page) + (inPageCache ? 1 : 0);
}

/** A compound page: folio_test_large(). */
export function isLarge(page: Page): boolean {
  return hasAny(page, PG.head | PG.tail);
}
