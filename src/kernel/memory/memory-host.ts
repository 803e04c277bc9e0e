// Apart from both users: so neither the pool nor the blocks import kernel.ts, which imports them.
import type { LogLevel } from '../../abi/log-level.ts';
import type { PhysicalMemory } from './physical-memory.ts';

/** The counter of /proc/vmstat that a growing pool of huge pages moves. */
type PoolEvent = 'htlb_buddy_alloc_success';

/** What the pool of huge pages and the memory blocks see of the kernel. */
export interface MemoryHost {
  readonly profile: { readonly poisonKeepsOffline: boolean };
  readonly memory: PhysicalMemory;
  readonly events: Record<PoolEvent, number>;
  /** `poisonedPages` is num_poisoned_pages, in pages. */
  readonly failures: { poisonedPages: number };
  /** The value of the sysctl that holds the size of the pool. */
  int(name: 'vm.nr_hugepages'): number;
  /** Sysctls by dotted name. */
  readonly values: Map<string, readonly bigint[] | string>;
  /** Logs a text, which may have newlines in it: each line becomes one line of the log. */
  printk(level: LogLevel, text: string): void;
}
