// The handler of uncorrectable memory errors, after mm/memory-failure.c: one file for each step of it. The folder imports abi/ and, of
// the kernel, kernel.ts, memory/, panic/ and ratelimit.ts. Start at memoryFailure() below; ras/inject.ts is how an error gets there, and
// soft-offline.ts, unpoison.ts and access.ts are the other calls from outside.
import { ERRNO } from '../../abi/errno.ts';
import { PG } from '../../abi/page-flags.ts';
import type { Kernel } from '../kernel.ts';
import { has, hasAny, isLarge, type Page } from '../memory/page.ts';
import { PAGE_TYPES } from '../memory/page-types.ts';
import { panic } from '../panic/panic.ts';
import { actionResult } from './action-result.ts';
import { splitThp, takeOffBuddy } from './containment.ts';
import { NOT_ONLINE_HANDLERS } from './device-memory.ts';
import { identifyPageState } from './error-states.ts';
import { filtered } from './filter.ts';
import { getHwpoisonPage, isolateLru } from './get-page.ts';
import { memoryFailureHugetlb } from './hugetlb.ts';
import type { Injection } from './injection.ts';
import { isHardware } from './via.ts';
import { collectProcs, killProcs } from './kill-procs.ts';
import { hwpoisonUserMappings } from './user-mappings.ts';

/**
 * Handles an uncorrectable error in a page frame. Returns 0 if the page was contained, or -EBUSY (Ignored, Failed), -EHWPOISON (poisoned
 * before, or a huge page that cannot be split), -ENXIO (not memory of the kernel), -EOPNOTSUPP (filtered out).
 * Mirrors memory_failure() (mm/memory-failure.c). Does not return if the sysctls ask for a panic.
 */
export function memoryFailure(kernel: Kernel, given: Injection): number {
  if (kernel.int('vm.memory_failure_recovery') === 0) {
    panic(kernel, `Memory failure on page ${given.pfn.toString(16)}`, { cause: 'recovery-disabled', entry: given.via });
  }
  if (isHardware(given.via)) kernel.failures.hwMemoryFailure = true;
  const page = kernel.memory.page(given.pfn);
  if (!page) return actionResult(kernel, given, 'MF_MSG_PFN_MAP', 'MF_IGNORED');
  const injection = withRaceOf(page, given);
  if (page.section !== 'online') return NOT_ONLINE_HANDLERS[page.section](kernel, page, injection);
  if (has(page, PG.hwpoison)) {
    actionResult(kernel, injection, 'MF_MSG_ALREADY_POISONED', 'MF_FAILED');
    return -ERRNO.EHWPOISON;
  }
  if (has(page, PG.huge)) return memoryFailureHugetlb(kernel, page, injection);
  page.flags |= PG.hwpoison;
  const got = getHwpoisonPage(kernel, page, injection.race);
  if (got === 0) return unusedPage(kernel, page, injection);
  if (got < 0) return actionResult(kernel, injection, ownedByKernel(kernel, page) ? 'MF_MSG_KERNEL' : 'MF_MSG_GET_HWPOISON', 'MF_IGNORED');
  return pageInUse(kernel, page, injection);
}

/** Adds the race that the type of the page implies, unless the injection names one. */
function withRaceOf(page: Page, injection: Injection): Injection {
  const race = injection.race ?? PAGE_TYPES[page.type].race;
  return race && !has(page, PG.hwpoison) ? { ...injection, race } : injection;
}

function ownedByKernel(kernel: Kernel, page: Page): boolean {
  return hasAny(page, kernel.profile.kernelPages);
}

/** A page with no references: it is taken off the buddy allocator, or it is not there. */
function unusedPage(kernel: Kernel, page: Page, injection: Injection): number {
  if (!has(page, PG.buddy)) return actionResult(kernel, injection, 'MF_MSG_KERNEL_HIGH_ORDER', 'MF_IGNORED');
  if (injection.race === 'taken') return allocatedMeanwhile(kernel, page, injection);
  takeOffBuddy(page);
  return actionResult(kernel, injection, 'MF_MSG_BUDDY', 'MF_RECOVERED');
}

/** take_page_off_buddy() lost the race: the flag is cleared and the page, now memory of a process, is handled from the start. */
function allocatedMeanwhile(kernel: Kernel, page: Page, { pfn, via }: Injection): number {
  page.flags &= ~PG.hwpoison;
  kernel.memory.define(page.pfn, page.pfn, 'anon');
  return memoryFailure(kernel, { pfn, via });
}

/** A page with an owner. The handler holds a reference on it. */
function pageInUse(kernel: Kernel, page: Page, injection: Injection): number {
  if (filtered(kernel, page)) {
    page.flags &= ~PG.hwpoison;
    return -ERRNO.EOPNOTSUPP;
  }
  if (isLarge(page) && !splitThp(kernel, page)) {
    killProcs(kernel, page, collectProcs(kernel, page));
    actionResult(kernel, injection, 'MF_MSG_UNSPLIT_THP', 'MF_FAILED');
    return -ERRNO.EHWPOISON;
  }
  if (injection.race === 'grabbed') isolateLru(page);
  const savedFlags = page.flags;
  if (has(page, PG.lru)) {
    if (!hwpoisonUserMappings(kernel, page)) return actionResult(kernel, injection, 'MF_MSG_UNMAP_FAILED', 'MF_FAILED');
    if (injection.race === 'truncated') page.mapping = null;
    if (page.mapping === null && !has(page, PG.swapcache)) return actionResult(kernel, injection, 'MF_MSG_TRUNCATED_LRU', 'MF_IGNORED');
  }
  const { type, result } = identifyPageState(kernel, page, savedFlags);
  return actionResult(kernel, injection, type, result);
}
