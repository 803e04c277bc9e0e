import type { LogLevel } from '../../abi/log-level.ts';
import type { PhysicalMemory } from './physical-memory.ts';

/** The counter of /proc/vmstat that a growing pool of huge pages moves. */
type PoolEvent = 'htlb_buddy_alloc_success';

/** The sysctls that hold the size of the pool of huge pages: two names of one value. */
export const HUGETLB_POOL_SYSCTLS = ['vm.nr_hugepages', 'vm.nr_hugepages_mempolicy'] as const;

/** What the pool of huge pages and the memory blocks see of the kernel. */
export interface MemoryHost {
  readonly memory: PhysicalMemory;
  readonly events: Record<PoolEvent, number>;
  /** `poisonedPages` is num_poisoned_pages, in pages. */
  readonly failures: { poisonedPages: number };
  /** The value of an integer sysctl. */
  int(name: (typeof HUGETLB_POOL_SYSCTLS)[number]): number;
  /** Sysctls by dotted name. */
  readonly values: Map<string, readonly bigint[] | string>;
  /** Logs a text, which may have newlines in it: each line becomes one line of the log. */
  printk(level: LogLevel, text: string): void;
}
