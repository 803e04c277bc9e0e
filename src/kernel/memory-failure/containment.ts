import { LOG_LEVEL } from '../../abi/log-level.ts';
import { PG } from '../../abi/page-flags.ts';
import type { Kernel } from '../kernel.ts';
import { has, type Page } from '../memory/page.ts';
import { pr } from './action-result.ts';

/** Takes the page off the LRU lists for good. Mirrors delete_from_lru_cache() (mm/memory-failure.c). */
export function deleteFromLruCache(page: Page): void {
  page.flags &= ~(PG.lru | PG.active | PG.unevictable | PG.mlocked);
}

/**
 * Removes the page from its file: false if the filesystem cannot release it. shmem keeps it, so that readers get an error, which counts as
 * success. ramfs can drop only a clean page. Mirrors truncate_error_folio().
 */
export function truncateErrorFolio(kernel: Kernel, page: Page): boolean {
  if (page.mapping === 'shmem') return true;
  if (page.mapping === 'ramfs' && has(page, PG.dirty)) {
    pr(kernel, LOG_LEVEL.info, page.pfn, ': Failed to invalidate');
    return false;
  }
  leavePageCache(page);
  return true;
}

/** Clears the state of a page that leaves the page cache. */
export function leavePageCache(page: Page): void {
  page.flags &= ~(PG.dirty | PG.private | PG.mappedToDisk);
  page.mapping = null;
}

/** Withholds a poisoned page from the buddy allocator. Mirrors __page_handle_poison() and take_page_off_buddy(). */
export function takeOffBuddy(page: Page): void {
  page.flags &= PG.hwpoison;
  page.mapping = null;
  page.takenOffBuddy = true;
}

/**
 * Splits a transparent huge page: false if it cannot be split. The other pages stay with their processes. They are dirty, because the huge
 * entry was unmapped. Mirrors try_to_split_thp_page().
 */
export function splitThp(kernel: Kernel, page: Page): boolean {
  if (page.cannotSplit || page.pins > 0) {
    kernel.events.thp_split_page_failed += 1;
    return false;
  }
  kernel.events.thp_split_page += 1;
  const { order: _, flags = 0, ...shape } = kernel.memory.shapeOf(page.pfn);
  kernel.memory.redefineRest(page.pfn, 'anon', { ...shape, flags: flags | PG.dirty });
  page.type = 'anon';
  page.flags &= ~(PG.head | PG.tail | PG.thp);
  return true;
}

/**
 * Dissolves a huge page of hugetlb around the poisoned page: the other pages are free, and the pool has one less.
 * Mirrors dissolve_free_hugetlb_folio() (mm/hugetlb.c).
 */
export function dissolveHugetlbFolio(kernel: Kernel, page: Page): void {
  kernel.memory.redefineRest(page.pfn, 'free');
  kernel.hugetlbPool.lostOne();
  takeOffBuddy(page);
}
