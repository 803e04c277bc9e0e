import { ERRNO } from '../../abi/errno.ts';
import { LOG_LEVEL } from '../../abi/log-level.ts';
import { PG } from '../../abi/page-flags.ts';
import type { Kernel } from '../kernel.ts';
import { has, hasAny, type Mapper, type Page } from '../memory/page.ts';
import { synchronousExternalAbort } from '../panic/panic.ts';
import { pr } from './action-result.ts';

/** Flags of handled pages whose content can no longer be read. */
const CONTAINED = PG.uptodate | PG.buddy | PG.swapcache;

/**
 * Something reads a page. A healthy page: nothing happens. Poison in the memory of a process: it gets a SIGBUS and dies. Poison in memory
 * of the kernel: the machine crashes. Returns 0, or -ENXIO if there is no such frame. `pid` chooses among the processes that map it.
 */
export function access(kernel: Kernel, pfn: number, pid?: number): number {
  const page = kernel.memory.page(pfn);
  if (!page) return -ERRNO.ENXIO;
  if (!has(page, PG.hwpoison)) return 0;
  const mapper = page.mappers.find((each) => pid === undefined || each.pid === pid);
  if (mapper) killAccessingProcess(kernel, page, mapper);
  else if (!page.takenOffBuddy && !hasAny(page, CONTAINED)) synchronousExternalAbort(kernel);
  return 0;
}

/** The access faults on a hwpoison entry (do_sigbus(), arch/x86/mm/fault.c), or raises a machine check if the page is still mapped. */
function killAccessingProcess(kernel: Kernel, page: Page, { comm, pid, address, poisoned }: Mapper): void {
  if (poisoned) {
    kernel.printk(LOG_LEVEL.err, `MCE: Killing ${comm}:${pid} due to hardware memory corruption fault at ${address.toString(16)}`);
  } else {
    pr(kernel, LOG_LEVEL.err, page.pfn, `: Sending SIGBUS to ${comm}:${pid} due to hardware memory corruption`);
  }
  kernel.emit({ kind: 'signal', pid, comm, signal: 'SIGBUS' });
  kernel.memory.unmapProcess(pid);
}
