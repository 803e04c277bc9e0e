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
