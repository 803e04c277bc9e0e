/** What the recorded machine of 1 GiB had counted when it was read, soon after boot, where the model does not count. Pages, unless the name has a unit. */
export interface BootCounts {
  /** How the pages of slab divide into those that can be reclaimed, and those that cannot. */
  readonly slabReclaimable: number;
  readonly slabUnreclaimable: number;
  readonly vmalloc: number;
  readonly percpu: number;
  /** Allocations, all of them from the node's own memory, and those among them that went by interleaving. */
  readonly numaHit: number;
  readonly numaInterleave: number;
  /** Of the events of /proc/vmstat. */
  readonly pgallocDma32: number;
  readonly pgfree: number;
  readonly pgactivate: number;
  readonly pgfault: number;
  readonly pgreuse: number;
  readonly directMapSplits: number;
  /** Part of the direct map in pages of 4 kB, and what the few processes had reserved besides anonymous memory. */
  readonly directMap4kKb: number;
  readonly committedKb: number;
}
