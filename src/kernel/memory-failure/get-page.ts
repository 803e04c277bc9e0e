import { ERRNO } from '../../abi/errno.ts';
import { LOG_LEVEL } from '../../abi/log-level.ts';
import { PG } from '../../abi/page-flags.ts';
import type { Kernel } from '../kernel.ts';
import { has, hasAny, type Page } from '../memory/page.ts';
import { freePage } from '../memory/physical-memory.ts';
import { pr } from './action-result.ts';
import type { Race } from './injection.ts';

/**
 * Takes a reference on a page to handle. Returns 1 if taken, 0 if the page looks free, a negative errno if it cannot be handled, with a
 * line in the log. The profile sets the errno for pages of the kernel. Mirrors get_hwpoison_page() and get_any_page()
 * (mm/memory-failure.c). A race can last longer than its three passes.
 */
export function getHwpoisonPage(kernel: Kernel, page: Page, race: Race | undefined): number {
  if (race === 'busy') return -ERRNO.EBUSY;
  if (race === 'allocated') {
    page.flags &= ~PG.buddy;
    return 0;
  }
  if (race === 'isolated') isolateLru(page);
  if (race === 'freed') freePage(page);
  if (has(page, PG.buddy)) return 0;
  if (hwpoisonHandlable(page)) return 1;
  pr(kernel, LOG_LEVEL.err, page.pfn, ': unhandlable page.');
  return hasAny(page, kernel.profile.kernelPages) ? -kernel.profile.kernelPageErrno : -ERRNO.EIO;
}

/** Mirrors HWPoisonHandlable(): LRU pages and hugetlb. Free pages were handled before. */
function hwpoisonHandlable(page: Page): boolean {
  return hasAny(page, PG.lru | PG.huge) && !hasAny(page, PG.slab);
}

/** Takes a page off the LRU lists, as reclaim, migration and munlock do for a moment. */
export function isolateLru(page: Page): void {
  page.flags &= ~(PG.lru | PG.active);
}
