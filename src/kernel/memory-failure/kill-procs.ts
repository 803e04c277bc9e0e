import { LOG_LEVEL } from '../../abi/log-level.ts';
import type { Kernel } from '../kernel.ts';
import type { Mapper, Page } from '../memory/page.ts';
import { pr } from './action-result.ts';

/** The processes to be told at once: those that asked for it, or all by vm.memory_failure_early_kill. Mirrors collect_procs(). */
export function collectProcs(kernel: Kernel, page: Page): readonly Mapper[] {
  const all = kernel.int('vm.memory_failure_early_kill') === 1;
  return page.mappers.filter((mapper) => !mapper.poisoned && (all || mapper.earlyKill));
}

/** Sends the collected processes a SIGBUS (BUS_MCEERR_AO). Mirrors kill_procs() and kill_proc(). */
export function killProcs(kernel: Kernel, page: Page, processes: readonly Mapper[]): void {
  for (const { comm, pid } of processes) {
    pr(kernel, LOG_LEVEL.err, page.pfn, `: Sending SIGBUS to ${comm}:${pid} due to hardware memory corruption`);
    kernel.emit({ kind: 'signal', pid, comm, signal: 'SIGBUS' });
  }
}
