import { ERRNO } from '../../abi/errno.ts';
import { hex } from '../../abi/printable.ts';
import { LOG_LEVEL } from '../../abi/log-level.ts';
import { PG } from '../../abi/page-flags.ts';
import type { Kernel } from '../kernel.ts';
import { has, hasAny, references, type Page } from '../memory/page.ts';
import type { MemoryFailureTexts } from './rules.ts';
import { ratelimit } from '../ratelimit.ts';

type UnpoisonLine = keyof MemoryFailureTexts['unpoison'];

/** Why a page is not unpoisoned, in the order of the checks: the line, if any, and the errno. */
const REFUSALS: readonly { readonly when: (kernel: Kernel, page: Page) => boolean; readonly line?: UnpoisonLine; readonly errno: number }[] = [
  { when: (kernel) => kernel.failures.hwMemoryFailure, line: 'disabled', errno: ERRNO.EOPNOTSUPP },
  { when: (_, page) => !has(page, PG.hwpoison), line: 'clean', errno: ERRNO.EBUSY },
  { when: (_, page) => references(page) > 0, line: 'grabbed', errno: ERRNO.EBUSY },
  { when: (_, page) => hasAny(page, PG.slab | PG.pgtable | PG.reserved), errno: ERRNO.EBUSY },
];

/**
 * Removes the poison of a test: the page is as after its last owner freed it. Returns 0, or -EIO (no online page), -EBUSY, -EOPNOTSUPP.
 * Mirrors unpoison_memory() (mm/memory-failure.c), whose lines are rate-limited.
 */
export function unpoisonMemory(kernel: Kernel, pfn: number): number {
  const page = kernel.memory.page(pfn);
  if (page?.section !== 'online') return -ERRNO.EIO;
  const refusal = REFUSALS.find(({ when }) => when(kernel, page));
  if (refusal) {
    if (refusal.line !== undefined) print(kernel, pfn, refusal.line);
    return -refusal.errno;
  }
  putBack(page);
  kernel.failures.poisonedPages -= 1;
  print(kernel, pfn, 'done');
  return 0;
}

/** Puts a page back on the buddy lists if it was taken off them; frees a page of a program; leaves a page that the kernel still holds. */
function putBack(page: Page): void {
  if (page.takenOffBuddy) page.flags = PG.buddy;
  else if (has(page, PG.uptodate)) page.flags = 0;
  else page.flags &= ~PG.hwpoison;
  page.pteDirty = false;
  page.takenOffBuddy = false;
  page.mapping = null;
  page.mappers = [];
}

function print(kernel: Kernel, pfn: number, line: UnpoisonLine): void {
  const { allowed, suppressed } = ratelimit(kernel.failures.unpoisonRatelimit, kernel.now());
  if (suppressed > 0) kernel.printk(LOG_LEVEL.warn, `unpoison_memory: ${suppressed} callbacks suppressed`);
  if (allowed) kernel.printk(LOG_LEVEL.info, kernel.profile.memoryFailure.texts.unpoison[line].replace('PFN', hex(pfn)));
}
