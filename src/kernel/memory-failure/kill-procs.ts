import { LOG_LEVEL } from '../../abi/log-level.ts';
import { PG } from '../../abi/page-flags.ts';
import type { Kernel } from '../kernel.ts';
import { has, type Mapper, type Page } from '../memory/page.ts';
import { pr } from './action-result.ts';

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
