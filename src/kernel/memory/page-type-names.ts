/** The page types a scenario can name, in the order of `action_page_types[]` (mm/memory-failure.c). */
export const PAGE_TYPE_NAMES = [
  'reserved', 'slab', 'pgtable', 'large-kmalloc', 'vmalloc', 'stack', 'high-order', 'free', 'anon', 'file-clean', 'file-dirty',
  'shmem', 'mlocked-clean', 'mlocked-dirty', 'unevictable-clean', 'unevictable-dirty', 'swapcache-clean', 'swapcache-dirty',
  'thp', 'unsplit-thp', 'hugetlb', 'hugetlb-free', 'dax', 'pfnmap', 'zero', 'truncated', 'unmap-failed', 'unknown', 'poisoned',
  'offline',
] as const;

export type PageTypeName = (typeof PAGE_TYPE_NAMES)[number];
