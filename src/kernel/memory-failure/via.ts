/** The entries by which an error reaches memory_failure(), by the name that `via=` takes. */
export const VIAS = {
  hard: '/sys/devices/system/memory/hard_offline_page',
  corrupt: '/sys/kernel/debug/hwpoison/corrupt-pfn',
  mce: 'a machine check or GHES record: real hardware, so nothing can be unpoisoned until the next boot',
} as const;

export type Via = keyof typeof VIAS;
