import { LOG_LEVEL } from '../../abi/log-level.ts';
import { PG } from '../../abi/page-flags.ts';
import type { Kernel } from '../kernel.ts';
import { has, hasAny, mapcount, type Mapper, type Page } from '../memory/page.ts';
import { pr } from './action-result.ts';

/**
 * Removes the page from every page table, and signals the processes that mapped it if data is lost.
 * False if it could not be unmapped. Mirrors hwpoison_user_mappings() and unmap_poisoned_folio() (mm/memory-failure.c).
 */
export function hwpoisonUserMappings(kernel: Kernel, page: Page): boolean {
  if (!hasAny(page, PG.lru | PG.huge) || mapcount(page) === 0) return true;
  const { ksm, texts } = kernel.profile.memoryFailure;
  if (has(page, PG.ksm) && !ksm) {
    pr(kernel, LOG_LEVEL.err, page.pfn, ": can't handle KSM pages.");
    return false;
  }
  let leavesHwpoisonEntries = true;
  if (has(page, PG.swapcache)) {
    pr(kernel, LOG_LEVEL.err, page.pfn, ': keeping poisoned page in swap cache');
    // A clean page is read from swap again. A dirty one stays, and swapping it in raises SIGBUS too.
    leavesHwpoisonEntries = has(page, PG.dirty) || page.pteDirty;
  }
  if (page.mapping === 'file' && !has(page, PG.dirty)) {
    if (page.pteDirty) page.flags |= PG.dirty;
    else {
      leavesHwpoisonEntries = false;
      pr(kernel, LOG_LEVEL.info, page.pfn, ': corrupted page was clean: dropped without side effects');
    }
  }
  const collected = collectProcs(kernel, page);
  const unmapped = !page.cannotUnmap;
  if (unmapped) unmap(page, leavesHwpoisonEntries);
  else pr(kernel, LOG_LEVEL.err, page.pfn, `: ${texts.unmapFailed(mapcount(page))}`);
  if (has(page, PG.dirty) || !unmapped) killProcs(kernel, page, collected);
  return unmapped;
}

/**
 * try_to_unmap(): the dirty bits of the entries go to the page; a mlocked page is munlocked; a hwpoison entry raises SIGBUS, an empty one
 * faults the page in again.
 */
function unmap(page: Page, leavesHwpoisonEntries: boolean): void {
  if (page.pteDirty) page.flags |= PG.dirty;
  page.pteDirty = false;
  if (has(page, PG.mlocked)) page.flags &= ~(PG.mlocked | PG.unevictable);
  if (leavesHwpoisonEntries) for (const mapper of page.mappers) mapper.poisoned = true;
  else page.mappers = [];
}

/**
 * The processes that get a signal at once: those that asked for it, or all by vm.memory_failure_early_kill. A process for which the kernel
 * cannot find the address of the page is left out, except for pages of DAX and KSM. Mirrors collect_procs() and __add_to_kill().
 */
export function collectProcs(kernel: Kernel, page: Page): readonly Mapper[] {
  const all = kernel.int('vm.memory_failure_early_kill') === 1;
  const addressNeeded = page.section !== 'device' && !has(page, PG.ksm);
  const collected = page.mappers.filter((mapper) => !mapper.poisoned && (all || mapper.earlyKill) && !(mapper.noAddress && addressNeeded));
  for (const { comm, noAddress } of collected) {
    if (noAddress) kernel.printk(LOG_LEVEL.info, `Memory failure: Unable to find user space address ${page.pfn.toString(16)} in ${comm}`);
  }
  return collected;
}

/** Sends the collected processes a SIGBUS (BUS_MCEERR_AO), or SIGKILL if the address is not known. Mirrors kill_procs() and kill_proc(). */
export function killProcs(kernel: Kernel, page: Page, processes: readonly Mapper[]): void {
  for (const { comm, pid, noAddress } of processes) {
    if (noAddress) {
      pr(kernel, LOG_LEVEL.err, page.pfn, `: forcibly killing ${comm}:${pid} because of failure to unmap corrupted page`);
      kernel.emit({ kind: 'signal', pid, comm, signal: 'SIGKILL' });
      kernel.memory.unmapProcess(pid);
      continue;
    }
    pr(kernel, LOG_LEVEL.err, page.pfn, `: Sending SIGBUS to ${comm}:${pid} due to hardware memory corruption`);
    kernel.emit({ kind: 'signal', pid, comm, signal: 'SIGBUS' });
  }
}
