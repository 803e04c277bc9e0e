// Apart from the other counters: the kernel counts these as they happen, and imports nothing else of the folder.
/** Events of /proc/vmstat that this model counts. Source: enum vm_event_item (include/linux/vm_event_item.h). */
const VM_EVENTS = ['pgmigrate_success', 'pgmigrate_fail', 'thp_split_page', 'thp_split_page_failed', 'htlb_buddy_alloc_success'] as const;

export type VmEvent = (typeof VM_EVENTS)[number];

/** How often each has happened since boot. Mirrors `struct vm_event_state`. */
export type VmEventCounts = Record<VmEvent, number>;

export function newVmEventCounts(): VmEventCounts {
  return Object.fromEntries(VM_EVENTS.map((name) => [name, 0])) as VmEventCounts;
}
