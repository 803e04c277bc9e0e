/**
 * The kinds of page that the handler distinguishes, and the name of each in its log line. Mirrors `action_page_types[]`
 * (mm/memory-failure.c).
 */
export const ACTION_PAGE_TYPES = {
  MF_MSG_KERNEL: 'reserved kernel page',
  MF_MSG_KERNEL_HIGH_ORDER: 'high-order kernel page',
  MF_MSG_HUGE: 'huge page',
  MF_MSG_FREE_HUGE: 'free huge page',
  MF_MSG_GET_HWPOISON: 'get hwpoison page',
  MF_MSG_UNMAP_FAILED: 'unmapping failed page',
  MF_MSG_DIRTY_SWAPCACHE: 'dirty swapcache page',
  MF_MSG_CLEAN_SWAPCACHE: 'clean swapcache page',
  MF_MSG_DIRTY_MLOCKED_LRU: 'dirty mlocked LRU page',
  MF_MSG_CLEAN_MLOCKED_LRU: 'clean mlocked LRU page',
  MF_MSG_DIRTY_UNEVICTABLE_LRU: 'dirty unevictable LRU page',
  MF_MSG_CLEAN_UNEVICTABLE_LRU: 'clean unevictable LRU page',
  MF_MSG_DIRTY_LRU: 'dirty LRU page',
  MF_MSG_CLEAN_LRU: 'clean LRU page',
  MF_MSG_TRUNCATED_LRU: 'already truncated LRU page',
  MF_MSG_BUDDY: 'free buddy page',
  MF_MSG_DAX: 'dax page',
  MF_MSG_UNSPLIT_THP: 'unsplit thp',
  MF_MSG_ALREADY_POISONED: 'already poisoned page',
  MF_MSG_PFN_MAP: 'non struct page pfn',
  MF_MSG_UNKNOWN: 'unknown page',
} as const;

export type ActionPageType = keyof typeof ACTION_PAGE_TYPES;

/** The results of the handler, and the name of each in its log line. Mirrors `action_name[]`. */
export const ACTION_NAME = { MF_IGNORED: 'Ignored', MF_FAILED: 'Failed', MF_DELAYED: 'Delayed', MF_RECOVERED: 'Recovered' } as const;

export type MfResult = keyof typeof ACTION_NAME;
