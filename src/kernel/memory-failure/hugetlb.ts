import { ERRNO } from '../../abi/errno.ts';
import { PG } from '../../abi/page-flags.ts';
import type { Kernel } from '../kernel.ts';
import { has, mapcount, type Page } from '../memory/page.ts';
import { hugePageAround } from '../memory/sizes.ts';
import { actionResult } from './action-result.ts';
import { dissolveHugetlbFolio } from './containment.ts';
import { identifyPageState } from './error-states.ts';
import { filtered } from './filter.ts';
import type { Injection } from './injection.ts';
import { hwpoisonUserMappings } from './user-mappings.ts';

/**
 * memory_failure() for a page of hugetlb that is not poisoned itself. Mirrors try_memory_failure_hugetlb() and
 * get_huge_page_for_hwpoison().
 */
export function memoryFailureHugetlb(kernel: Kernel, page: Page, injection: Injection): number {
  if (folioIsPoisoned(kernel, page)) {
    page.flags |= PG.hwpoison;
    actionResult(kernel, injection, 'MF_MSG_HUGE', 'MF_FAILED');
    return -ERRNO.EHWPOISON;
  }
  page.flags |= PG.hwpoison;
  // The second pass gives up only after it has marked the page.
  if (injection.race === 'busy') return actionResult(kernel, injection, 'MF_MSG_GET_HWPOISON', 'MF_IGNORED');
  if (filtered(kernel, page)) {
    page.flags &= ~PG.hwpoison;
    return -ERRNO.EOPNOTSUPP;
  }
  if (mapcount(page) === 0 && page.mapping === null) {
    dissolveHugetlbFolio(kernel, page);
    return actionResult(kernel, injection, 'MF_MSG_FREE_HUGE', 'MF_RECOVERED');
  }
  // The flags of the folio decide what the page is: a tail page counts as a huge page too.
  const savedFlags = page.flags | PG.head;
  if (!hwpoisonUserMappings(kernel, page)) return actionResult(kernel, injection, 'MF_MSG_UNMAP_FAILED', 'MF_FAILED');
  // One entry maps all of a huge page.
  kernel.memory.redefineRest(page.pfn, page.type, { ...kernel.memory.shapeOf(page.pfn), mappers: [] });
  const { type, result } = identifyPageState(kernel, page, savedFlags);
  return actionResult(kernel, injection, type, result);
}

/** Whether another page of the same huge page is poisoned and the huge page still exists. */
function folioIsPoisoned(kernel: Kernel, { pfn }: Page): boolean {
  const { first, last } = hugePageAround(pfn);
  for (const other of kernel.memory.differingBetween(first, last)) if (has(other, PG.huge | PG.hwpoison)) return true;
  return false;
}
