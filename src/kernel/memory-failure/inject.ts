import { ERRNO } from '../../abi/errno.ts';
import { hex } from '../../abi/printable.ts';
import { LIMITS } from '../../abi/limits.ts';
import { LOG_LEVEL } from '../../abi/log-level.ts';
import { PG } from '../../abi/page-flags.ts';
import type { Kernel } from '../kernel.ts';
import { hasAny } from '../memory/page.ts';
import { filtered } from './filter.ts';
import type { MemoryFailureCall, Via } from './injection.ts';
import { machineCheck } from './machine-check.ts';
import { memoryFailure } from './memory-failure.ts';

const WAYS: Readonly<Record<Via, (kernel: Kernel, injection: MemoryFailureCall) => number>> = {
  hard: quietWhenFiltered,
  corrupt: hwpoisonInject,
  mce: machineCheck,
};

/** Records for each process that maps the page: its address is not found, and it is sent a signal. */
const RECORDS_A_MAPPER = 2;

/**
 * Injects an error into a page frame by its entry `via`: 0 or a negative errno. Files and commands both call this.
 * @throws NotReserved
 */
export function inject(kernel: Kernel, injection: MemoryFailureCall): number {
  if (!kernel.memory.hasRoom()) return -ERRNO[LIMITS.pages.errno];
  kernel.reserve(RECORDS_A_MAPPER * (kernel.memory.shapeOf(injection.pfn).mappers?.length ?? 0));
  return WAYS[injection.via](kernel, injection);
}

/** Mirrors hard_offline_page_store() (drivers/base/memory.c). */
function quietWhenFiltered(kernel: Kernel, injection: MemoryFailureCall): number {
  const result = memoryFailure(kernel, injection);
  return result === -ERRNO.EOPNOTSUPP ? 0 : result;
}

/**
 * Mirrors hwpoison_inject() (mm/hwpoison-inject.c): with the filter on, a page whose flags cannot be read safely is skipped without a
 * line.
 */
function hwpoisonInject(kernel: Kernel, injection: MemoryFailureCall): number {
  const page = kernel.memory.page(injection.pfn);
  if (!page || page.section === 'absent') return -ERRNO.ENXIO;
  if (kernel.failures.filter.enable !== 0 && (!hasAny(page, PG.lru | PG.huge | PG.buddy) || filtered(kernel, page))) return 0;
  kernel.printk(LOG_LEVEL.info, `Injecting memory failure at pfn ${hex(injection.pfn)}`);
  return quietWhenFiltered(kernel, injection);
}
