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
 * Removes the page from its file: false where the filesystem does not let go of it. shmem keeps it, so that readers get an error, and that is
 * as good; ramfs can only drop a page that is clean. Mirrors truncate_error_folio().
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

/** What removal from the page cache takes from a page. */
export function leavePageCache(page: Page): void {
  page.flags &= ~(PG.dirty | PG.private | PG.mappedToDisk);
  page.mapping = null;
}

/** Keeps a poisoned page from the buddy allocator: what is left of it. Mirrors __page_handle_poison() and take_page_off_buddy(). */
export function takeOffBuddy(page: Page): void {
  page.flags &= PG.hwpoison;
  page.mapping = null;
  page.takenOffBuddy = true;
}

/**
 * Splits a transparent huge page: false where it cannot be. The other pages stay with their processes, and unmapping the huge entry has made
 * them dirty. Mirrors try_to_split_thp_page().
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
 * Gives a huge page of hugetlb up around the poisoned page: the others are free, and the pool has one less.
 * Mirrors dissolve_free_hugetlb_folio() (mm/hugetlb.c).
 */
export function dissolveHugetlbFolio(kernel: Kernel, page: Page): void {
  kernel.memory.redefineRest(page.pfn, 'free');
  kernel.hugetlbPool.lostOne();
  takeOffBuddy(page);
}
