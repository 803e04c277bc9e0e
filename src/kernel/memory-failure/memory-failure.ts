// The handler of uncorrectable memory errors, after mm/memory-failure.c: one file for each step of it. The folder imports abi/ and, of
// the kernel, kernel.ts, memory/, panic/ and ratelimit.ts. Start at memoryFailure() below; ras/inject.ts is how an error gets there, and
// soft-offline.ts, unpoison.ts and access.ts are the other calls from outside.
import { ERRNO } from '../../abi/errno.ts';
import { LOG_LEVEL } from '../../abi/log-level.ts';
import { PG } from '../../abi/page-flags.ts';
import type { Kernel } from '../kernel.ts';
import { PAGE_TYPES, type PageSection } from '../memory/page-types.ts';
import { has, hasAny, isLarge, mapcount, type Page } from '../memory/page.ts';
import { hugePageAround } from '../memory/frames.ts';
import { panic } from '../panic/panic.ts';
import { actionResult, pr } from './action-result.ts';
import { dissolveHugetlbFolio, splitThp, takeOffBuddy } from './containment.ts';
import { identifyPageState } from './error-states.ts';
import { filtered } from './filter.ts';
import { getHwpoisonPage, isolateLru } from './get-page.ts';
import { isHardware, type MemoryFailureCall } from './injection.ts';
import { collectProcs, hwpoisonUserMappings, killProcs } from './kill-procs.ts';

/**
 * Handles an uncorrectable error in a page frame. Returns 0 if the page was contained, or -EBUSY (Ignored, Failed), -EHWPOISON (poisoned
 * before, or a huge page that cannot be split), -ENXIO (not memory of the kernel), -EOPNOTSUPP (filtered out).
 * Mirrors memory_failure() (mm/memory-failure.c). Does not return if the sysctls ask for a panic.
 */
export function memoryFailure(kernel: Kernel, given: MemoryFailureCall): number {
  if (kernel.int('vm.memory_failure_recovery') === 0) {
    panic(kernel, `Memory failure on page ${given.pfn.toString(16)}`, { cause: 'recovery-disabled', entry: given.via });
  }
  if (isHardware(given.via)) kernel.failures.hwMemoryFailure = true;
  const page = kernel.memory.page(given.pfn);
  if (!page) return noMemory(kernel, given);
  const injection = withRaceOf(page, given);
  if (page.section !== 'online') return NOT_ONLINE_HANDLERS[page.section](kernel, page, injection);
  if (has(page, PG.hwpoison)) {
    return poisonedBefore(kernel, injection, 'MF_MSG_ALREADY_POISONED');
  }
  if (has(page, PG.huge)) return memoryFailureHugetlb(kernel, page, injection);
  page.flags |= PG.hwpoison;
  const got = getHwpoisonPage(kernel, page, injection.race);
  if (got === 0) return unusedPage(kernel, page, injection);
  if (got < 0) return actionResult(kernel, injection, ownedByKernel(kernel, page) ? 'MF_MSG_KERNEL' : kernel.profile.memoryFailure.untaken, 'MF_IGNORED');
  return pageInUse(kernel, page, injection);
}

/** A frame that is not memory at all. */
function noMemory(kernel: Kernel, injection: MemoryFailureCall): number {
  if (kernel.profile.memoryFailure.noMemory === 'reported') return actionResult(kernel, injection, 'MF_MSG_PFN_MAP', 'MF_IGNORED');
  return outsideKernelControl(kernel, injection.pfn);
}

function outsideKernelControl(kernel: Kernel, pfn: number): number {
  pr(kernel, LOG_LEVEL.err, pfn, ': memory outside kernel control');
  return -ERRNO.ENXIO;
}

/** A page that is poisoned already, or another page of its huge page. */
function poisonedBefore(kernel: Kernel, injection: MemoryFailureCall, type: 'MF_MSG_ALREADY_POISONED' | 'MF_MSG_HUGE'): number {
  if (kernel.profile.memoryFailure.poisonedBefore === 'reported') actionResult(kernel, injection, type, 'MF_FAILED');
  else pr(kernel, LOG_LEVEL.err, injection.pfn, ': already hardware poisoned');
  return -ERRNO.EHWPOISON;
}

/** Adds the race that the type of the page implies, unless the injection names one. */
function withRaceOf(page: Page, injection: MemoryFailureCall): MemoryFailureCall {
  const race = injection.race ?? PAGE_TYPES[page.type].race;
  return race && !has(page, PG.hwpoison) ? { ...injection, race } : injection;
}

function ownedByKernel(kernel: Kernel, page: Page): boolean {
  return hasAny(page, kernel.profile.kernelPages);
}

/** A page with no references: it is taken off the buddy allocator, or it is not there. */
function unusedPage(kernel: Kernel, page: Page, injection: MemoryFailureCall): number {
  if (!has(page, PG.buddy)) return actionResult(kernel, injection, 'MF_MSG_KERNEL_HIGH_ORDER', 'MF_IGNORED');
  if (injection.race === 'taken') return allocatedMeanwhile(kernel, page, injection);
  takeOffBuddy(page);
  return actionResult(kernel, injection, 'MF_MSG_BUDDY', 'MF_RECOVERED');
}

/** take_page_off_buddy() lost the race: the flag is cleared and the page, now memory of a process, is handled from the start. */
function allocatedMeanwhile(kernel: Kernel, page: Page, { pfn, via }: MemoryFailureCall): number {
  page.flags &= ~PG.hwpoison;
  kernel.memory.define(page.pfn, page.pfn, 'anon');
  return memoryFailure(kernel, { pfn, via });
}

/** A page with an owner. The handler holds a reference on it. */
function pageInUse(kernel: Kernel, page: Page, injection: MemoryFailureCall): number {
  if (filtered(kernel, page)) {
    page.flags &= ~PG.hwpoison;
    return -ERRNO.EOPNOTSUPP;
  }
  if (isLarge(page) && !splitThp(kernel, page)) {
    if (kernel.profile.memoryFailure.unsplit === 'ignored') return actionResult(kernel, injection, 'MF_MSG_UNSPLIT_THP', 'MF_IGNORED');
    killProcs(kernel, page, collectProcs(kernel, page));
    actionResult(kernel, injection, 'MF_MSG_UNSPLIT_THP', 'MF_FAILED');
    return -ERRNO.EHWPOISON;
  }
  if (injection.race === 'grabbed') isolateLru(page);
  const savedFlags = page.flags;
  if (has(page, PG.lru)) {
    if (!hwpoisonUserMappings(kernel, page)) return actionResult(kernel, injection, 'MF_MSG_UNMAP_FAILED', kernel.profile.memoryFailure.unmapFailed);
    if (injection.race === 'truncated') page.mapping = null;
    if (page.mapping === null && !has(page, PG.swapcache)) return actionResult(kernel, injection, 'MF_MSG_TRUNCATED_LRU', 'MF_IGNORED');
  }
  const { type, result } = identifyPageState(kernel, page, savedFlags);
  return actionResult(kernel, injection, type, result);
}

/**
 * memory_failure() for a page of hugetlb that is not poisoned itself. Mirrors try_memory_failure_hugetlb() and
 * get_huge_page_for_hwpoison().
 */
function memoryFailureHugetlb(kernel: Kernel, page: Page, injection: MemoryFailureCall): number {
  if (folioIsPoisoned(kernel, page)) {
    page.flags |= PG.hwpoison;
    return poisonedBefore(kernel, injection, 'MF_MSG_HUGE');
  }
  page.flags |= PG.hwpoison;
  // The second pass gives up only after it has marked the page.
  if (injection.race === 'busy') return actionResult(kernel, injection, kernel.profile.memoryFailure.untaken, 'MF_IGNORED');
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
  if (!hwpoisonUserMappings(kernel, page)) return actionResult(kernel, injection, 'MF_MSG_UNMAP_FAILED', kernel.profile.memoryFailure.unmapFailed);
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

/** memory_failure() for a frame that is not an ordinary online page, by its section. */
const NOT_ONLINE_HANDLERS: Readonly<Record<Exclude<PageSection, 'online'>, (kernel: Kernel, page: Page, injection: MemoryFailureCall) => number>> = {
  /** Mirrors memory_failure_dev_pagemap() and mf_generic_kill_procs(): no other frame can take its place, so its users are killed. */
  device(kernel, page, injection) {
    if (filtered(kernel, page)) return -ERRNO.EOPNOTSUPP;
    page.flags |= PG.hwpoison;
    killProcs(kernel, page, collectProcs(kernel, page));
    poisonEntries(page);
    return actionResult(kernel, injection, 'MF_MSG_DAX', 'MF_RECOVERED');
  },
  /** Mirrors the end of memory_failure()'s first block. */
  offline: (kernel, page) => outsideKernelControl(kernel, page.pfn),
  /** Mirrors memory_failure_pfn(): recovered if a driver registered who maps the frame. */
  absent(kernel, page, injection) {
    if (page.mappers.length === 0 || kernel.profile.memoryFailure.noMemory === 'refused') return noMemory(kernel, injection);
    killProcs(kernel, page, collectProcs(kernel, page));
    poisonEntries(page);
    return actionResult(kernel, injection, 'MF_MSG_PFN_MAP', 'MF_RECOVERED');
  },
};

function poisonEntries(page: Page): void {
  for (const mapper of page.mappers) mapper.poisoned = true;
}
