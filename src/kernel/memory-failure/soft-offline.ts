import { ERRNO } from '../../abi/errno.ts';
import { hex } from '../../abi/printable.ts';
import { LIMITS } from '../../abi/limits.ts';
import { LOG_LEVEL } from '../../abi/log-level.ts';
import { PG } from '../../abi/page-flags.ts';
import type { Kernel } from '../kernel.ts';
import { has, hasAny, isLarge, mapcount, type Page } from '../memory/page.ts';
import { deleteFromLruCache, dissolveHugetlbFolio, leavePageCache, splitThp, takeOffBuddy } from './containment.ts';
import { filtered } from './filter.ts';
import { getHwpoisonPage } from './get-page.ts';
import type { MemoryFailureTexts } from './rules.ts';
import { formatPageFlags } from '../memory/page-flags-text.ts';

/**
 * Moves what a page holds elsewhere and takes the page out of use, before it fails. Returns 0, or -ENXIO (no such frame), -EIO (not
 * online, or not handlable; 7.3: -ENOTRECOVERABLE for pages of the kernel), -EOPNOTSUPP (switched off, or filtered out), -EBUSY (cannot
 * be moved). Mirrors soft_offline_page() (mm/memory-failure.c). Counts as poisoned, not as a failure.
 */
export function softOfflinePage(kernel: Kernel, pfn: number): number {
  if (!kernel.memory.hasRoom()) return -ERRNO[LIMITS.pages.errno];
  const page = kernel.memory.page(pfn);
  if (!page || page.section === 'absent') return -ERRNO.ENXIO;
  if (page.section !== 'online') return -ERRNO.EIO;
  if (kernel.intIfAny('vm.enable_soft_offline') === 0) {
    if (!kernel.failures.softOfflineDisabledPrinted) kernel.printk(LOG_LEVEL.info, 'Soft offline: disabled by /proc/sys/vm/enable_soft_offline');
    kernel.failures.softOfflineDisabledPrinted = true;
    return -ERRNO.EOPNOTSUPP;
  }
  if (has(page, PG.hwpoison)) {
    print(kernel, page, 'poisoned');
    return 0;
  }
  const got = getHwpoisonPage(kernel, page, undefined);
  if (filtered(kernel, page)) return -ERRNO.EOPNOTSUPP;
  if (got < 0) return got;
  if (got === 0) takeOffBuddy(page);
  else {
    const result = softOfflineInUsePage(kernel, page);
    if (result < 0) return result;
  }
  page.flags |= PG.hwpoison;
  kernel.failures.poisonedPages += 1;
  return 0;
}

/** Empties a page that has an owner. Mirrors soft_offline_in_use_page(). */
function softOfflineInUsePage(kernel: Kernel, page: Page): number {
  if (isLarge(page) && !has(page, PG.huge) && !splitThp(kernel, page)) {
    print(kernel, page, 'splitFailed');
    return -ERRNO.EBUSY;
  }
  if (canBeInvalidated(page)) {
    print(kernel, page, 'invalidated');
    empty(page);
    return 0;
  }
  if (page.pteDirty && page.mapping === 'anon') page.flags |= PG.dirty;
  if (page.pins > 0 || page.mapping === 'ramfs') {
    const name = has(page, PG.huge) ? 'hugepage' : 'page';
    kernel.events.pgmigrate_fail += 1;
    print(kernel, page, 'failed', `${name} migration failed 1, type ${formatPageFlags(page.flags & ~PG.lru, page.pfn)}`);
    return -ERRNO.EBUSY;
  }
  migrate(kernel, page);
  if (has(page, PG.huge)) dissolveHugetlbFolio(kernel, page);
  else empty(page);
  page.mappers = [];
  return 0;
}

/** Moves the content of a page, or of its huge page, to free memory. Without free memory the content is lost. */
function migrate(kernel: Kernel, { pfn, type, mappers }: Page): void {
  const shape = { ...kernel.memory.shapeOf(pfn), mappers };
  const { first, last } = kernel.memory.folioOf(pfn);
  kernel.events.pgmigrate_success += last - first + 1;
  const target = kernel.memory.allocate(last - first + 1, kernel.random);
  if (target !== undefined) kernel.memory.define(target, target + last - first, type, shape);
}

/** Clean page cache that is not mapped can be dropped. Mirrors mapping_evict_folio(). */
function canBeInvalidated(page: Page): boolean {
  return (page.mapping === 'file' || page.mapping === 'ramfs') && !hasAny(page, PG.dirty | PG.swapcache) && mapcount(page) === 0 && page.pins === 0;
}

/** Clears the state of a page whose content has moved. */
function empty(page: Page): void {
  deleteFromLruCache(page);
  const keepsDirty = page.mapping === 'anon' ? page.flags & PG.dirty : 0;
  leavePageCache(page);
  page.flags = (page.flags & ~(PG.swapcache | PG.ownerPrivate)) | keepsDirty;
  page.pteDirty = false;
}

/** Prints a line, and what goes on after it. */
function print(kernel: Kernel, page: Page, line: keyof MemoryFailureTexts['softOffline'], rest = ''): void {
  kernel.printk(LOG_LEVEL.info, `${kernel.profile.memoryFailure.texts.softOffline[line].replace('PFN', hex(page.pfn))}${rest}`);
}
