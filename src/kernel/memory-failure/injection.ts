/** One call of memory_failure(): the frame, the entry of the error, and the race that happens during the call. */
export interface MemoryFailureCall {
  readonly pfn: number;
  readonly via: Via;
  readonly race?: Race;
}

/** The entries by which an error reaches memory_failure(), by the name that `via=` takes. */
export const VIAS = {
  hard: '/sys/devices/system/memory/hard_offline_page',
  corrupt: '/sys/kernel/debug/hwpoison/corrupt-pfn',
  mce: 'a machine check: real hardware, so nothing can be unpoisoned until the next boot',
  ghes: 'a record of the firmware (GHES), real hardware too: as error severity=recoverable kind=multi-bit-ecc',
} as const;

export type Via = keyof typeof VIAS;

/** Whether the error is one of the hardware, not of a test: no MF_SW_SIMULATED. */
export function isHardware(via: Via): boolean {
  return via === 'mce' || via === 'ghes';
}

/** The races that memory_failure() can lose, by the name that `race=` takes. */
export const RACES = {
  isolated: 'an LRU page is isolated before it is looked at: not handlable on any pass (get_any_page)',
  grabbed: 'an LRU page is isolated after its reference was taken: no flag left to identify it by (identify_page_state)',
  allocated: 'a free page is allocated between get_hwpoison_page() and the buddy lookup: refcount 0, not in the buddy allocator',
  taken: 'a free page is allocated while it is taken off the buddy list: PG_hwpoison is cleared and the page looked at once more',
  busy: 'the reference count changes under get_any_page() on every pass: given up as busy, without a line',
  freed: 'the owner frees the page as it is looked at: the next pass finds it in the buddy allocator',
  truncated: 'the file is truncated while the page is being unmapped: an LRU page without a mapping',
} as const;

export type Race = keyof typeof RACES;
