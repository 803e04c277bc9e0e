import { ERRNO } from '../../abi/errno.ts';
import { hex } from '../../abi/printable.ts';
import { LOG_LEVEL } from '../../abi/log-level.ts';
import type { Kernel } from '../kernel.ts';
import { panic } from '../panic/panic.ts';
import { ACTION_NAME, ACTION_PAGE_TYPES, type ActionPageType, type MfResult } from './action-page-types.ts';
import type { MemoryFailureCall } from './injection.ts';

const COUNTER = { MF_IGNORED: 'ignored', MF_FAILED: 'failed', MF_DELAYED: 'delayed', MF_RECOVERED: 'recovered' } as const;

/** Outcomes that are printed but not counted: no page was newly poisoned. */
const UNCOUNTED: readonly ActionPageType[] = ['MF_MSG_ALREADY_POISONED', 'MF_MSG_PFN_MAP'];

/**
 * Prints and counts the result of a memory failure, and panics if the sysctl asks for it. Returns 0 or -EBUSY.
 * Mirrors action_result() (mm/memory-failure.c).
 */
export function actionResult(kernel: Kernel, injection: MemoryFailureCall, type: ActionPageType, result: MfResult): number {
  const { pfn } = injection;
  kernel.trace({ name: 'ras:memory_failure_event', cpu: 0, fields: { pfn: BigInt(pfn), type, result } });
  if (!UNCOUNTED.includes(type)) {
    kernel.failures.poisonedPages += 1;
    kernel.failures.stats[COUNTER[result]] += 1;
    kernel.failures.stats.total += 1;
  }
  pr(kernel, LOG_LEVEL.err, pfn, `: recovery action for ${ACTION_PAGE_TYPES[type]}: ${ACTION_NAME[result]}`);
  kernel.emit({ kind: 'memory-failure', pfn, page: ACTION_PAGE_TYPES[type], action: ACTION_NAME[result] });
  if (panicsOn(kernel, type, result)) {
    panic(kernel, `Memory failure: ${hex(pfn)}: unrecoverable page`, { cause: 'unrecoverable', entry: injection.via });
  }
  return result === 'MF_RECOVERED' || result === 'MF_DELAYED' ? 0 : -ERRNO.EBUSY;
}

function panicsOn(kernel: Kernel, type: ActionPageType, result: MfResult): boolean {
  const types: readonly ActionPageType[] = kernel.profile.panicsOn;
  return result === 'MF_IGNORED' && types.includes(type) && kernel.intIfAny('vm.panic_on_unrecoverable_memory_failure') === 1;
}

/** Prints a line of mm/memory-failure.c about a page: prefix, pfn, and `rest`, which follows the pfn without a space. */
export function pr(kernel: Kernel, level: (typeof LOG_LEVEL)['err' | 'info'], pfn: number, rest: string): void {
  kernel.printk(level, `Memory failure: ${hex(pfn)}${rest}`);
}
