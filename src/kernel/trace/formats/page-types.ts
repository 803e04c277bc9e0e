// Apart from the formats: replay reads the numbers in databases of rasdaemon, and needs nothing else of an event.
import type { FailureSymbol } from '../event-format.ts';

/** MF_PAGE_TYPE of include/ras/ras_event.h (include/trace/events/memory-failure.h), as recorded from 7.3. */
export const LINUX_7_3_PAGE_TYPES: readonly FailureSymbol[] = [
  [0, 'MF_MSG_KERNEL', 'reserved kernel page'],
  [1, 'MF_MSG_KERNEL_HIGH_ORDER', 'high-order kernel page'],
  [3, 'MF_MSG_HUGE', 'huge page'],
  [4, 'MF_MSG_FREE_HUGE', 'free huge page'],
  [5, 'MF_MSG_GET_HWPOISON', 'get hwpoison page'],
  [6, 'MF_MSG_UNMAP_FAILED', 'unmapping failed page'],
  [7, 'MF_MSG_DIRTY_SWAPCACHE', 'dirty swapcache page'],
  [8, 'MF_MSG_CLEAN_SWAPCACHE', 'clean swapcache page'],
  [9, 'MF_MSG_DIRTY_MLOCKED_LRU', 'dirty mlocked LRU page'],
  [10, 'MF_MSG_CLEAN_MLOCKED_LRU', 'clean mlocked LRU page'],
  [11, 'MF_MSG_DIRTY_UNEVICTABLE_LRU', 'dirty unevictable LRU page'],
  [12, 'MF_MSG_CLEAN_UNEVICTABLE_LRU', 'clean unevictable LRU page'],
  [13, 'MF_MSG_DIRTY_LRU', 'dirty LRU page'],
  [14, 'MF_MSG_CLEAN_LRU', 'clean LRU page'],
  [15, 'MF_MSG_TRUNCATED_LRU', 'already truncated LRU page'],
  [16, 'MF_MSG_BUDDY', 'free buddy page'],
  [17, 'MF_MSG_DAX', 'dax page'],
  [18, 'MF_MSG_UNSPLIT_THP', 'unsplit thp'],
  [19, 'MF_MSG_ALREADY_POISONED', 'already poisoned'],
  [20, 'MF_MSG_PFN_MAP', 'non struct page pfn'],
  [21, 'MF_MSG_UNKNOWN', 'unknown page'],
];

/** As recorded from 6.12. */
export const LINUX_6_12_PAGE_TYPES: readonly FailureSymbol[] = [
  ...LINUX_7_3_PAGE_TYPES.filter(([number]) => number < 20),
  [20, 'MF_MSG_UNKNOWN', 'unknown page'],
];

/** As recorded from 6.1. */
export const LINUX_6_1_PAGE_TYPES: readonly FailureSymbol[] = [
  [0, 'MF_MSG_KERNEL', 'reserved kernel page'],
  [1, 'MF_MSG_KERNEL_HIGH_ORDER', 'high-order kernel page'],
  [2, 'MF_MSG_SLAB', 'kernel slab page'],
  [3, 'MF_MSG_DIFFERENT_COMPOUND', 'different compound page after locking'],
  [4, 'MF_MSG_HUGE', 'huge page'],
  [5, 'MF_MSG_FREE_HUGE', 'free huge page'],
  ...LINUX_6_12_PAGE_TYPES.filter(([number]) => number >= 6 && number <= 18),
  [19, 'MF_MSG_UNKNOWN', 'unknown page'],
];
