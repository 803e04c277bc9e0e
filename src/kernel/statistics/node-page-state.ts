// Counters that the files of /proc and /sys show. The folder imports abi/ and, of the kernel, kernel.ts and memory/. Start at
// nodePageState() below, which all sizes of memory come from; vm-events.ts counts events since boot.
import type { Kernel } from '../kernel.ts';
import { freeBlocks } from '../memory/buddy.ts';
import { type Census, census } from '../memory/census.ts';
import { HUGE_PAGES, PAGE_SIZE } from '../memory/frames.ts';
import { freeInPageblocks, totalReservePages, zoneStates } from './zone-state.ts';

/** Pages of the machine that the counts of a boot are of. */
const RECORDED_PAGES = 262_144;

/** Allocations, all of them from the node's own memory, and those among them that went by interleaving. */
export interface NumaEvents {
  readonly hit: number;
  readonly interleave: number;
}

/** The numbers that /proc/meminfo, /proc/vmstat and the files of the node show: pages, unless the name has a unit. */
export interface NodePageState {
  readonly census: Census;
  readonly allPages: number;
  readonly managedPages: number;
  readonly freeInPageblocks: number;
  /** Allocations so far: what the recorded machine had done. */
  readonly numa: NumaEvents;
  readonly slab: number;
  readonly slabReclaimable: number;
  readonly slabUnreclaimable: number;
  readonly pageCache: number;
  readonly kernelStackKb: number;
  readonly vmalloc: number;
  readonly percpu: number;
  readonly available: number;
  readonly poisoned: number;
  readonly dirtyThreshold: number;
  readonly dirtyBackgroundThreshold: number;
  /** Pages of hugetlb that processes or files use. */
  readonly hugetlbInUse: number;
  readonly hugePages: { readonly total: number; readonly free: number; readonly surplus: number };
  readonly commitLimitKb: number;
}

/** Counts the memory of a machine. What the model does not hold is that of the recorded machine, in proportion to RAM. */
export function nodePageState(kernel: Kernel): NodePageState {
  const counts = census(kernel.memory);
  const allPages = kernel.memoryBytes / PAGE_SIZE;
  const share = (pages: number): number => Math.round((pages * allPages) / RECORDED_PAGES);
  const { slabReclaimable: reclaimable, slabUnreclaimable: unreclaimable, vmalloc, percpu, numaHit, numaInterleave } = kernel.profile.bootCounts;
  // Pages that kmalloc() takes from the page allocator count as slab.
  const slab = counts.slab + counts.largeKmalloc;
  const slabReclaimable = Math.round((slab * reclaimable) / (reclaimable + unreclaimable));
  const managedPages = Math.floor(kernel.totalRamKb / 4) - kernel.memoryBlocks.offlinePages;
  const reserve = totalReservePages(zoneStates(kernel));
  const dirtyable = Math.max(0, counts.free - reserve + counts.lruFile);
  const hugePages = kernel.hugetlbPool.counts(counts);
  return {
    census: counts,
    allPages,
    managedPages,
    freeInPageblocks: freeInPageblocks(freeBlocks(kernel.memory, [{ first: 0, last: Infinity }])),
    numa: { hit: numaHit, interleave: numaInterleave },
    slabReclaimable,
    slab,
    slabUnreclaimable: slab - slabReclaimable,
    pageCache: counts.file,
    kernelStackKb: counts.stack * 4,
    vmalloc: share(vmalloc),
    percpu: share(percpu),
    available: Math.max(0, counts.free - reserve) + Math.ceil((counts.lruFile + slabReclaimable) / 2),
    poisoned: kernel.failures.poisonedPages,
    dirtyThreshold: threshold(kernel, 'dirty', dirtyable),
    dirtyBackgroundThreshold: threshold(kernel, 'dirty_background', dirtyable),
    hugetlbInUse: (hugePages.total - hugePages.free) * HUGE_PAGES,
    hugePages,
    commitLimitKb: commitLimitKb(kernel, managedPages, hugePages.total),
  };
}

/** Mirrors domain_dirty_limits() (mm/page-writeback.c). */
function threshold(kernel: Kernel, which: 'dirty' | 'dirty_background', dirtyable: number): number {
  const bytes = kernel.int(`vm.${which}_bytes`);
  return bytes > 0 ? Math.ceil(bytes / PAGE_SIZE) : Math.floor((dirtyable * kernel.int(`vm.${which}_ratio`)) / 100);
}

/** Mirrors vm_commit_limit() (mm/util.c) of a machine without swap. */
function commitLimitKb(kernel: Kernel, managedPages: number, hugePages: number): number {
  const kbytes = kernel.int('vm.overcommit_kbytes');
  return kbytes > 0 ? kbytes : Math.floor(((managedPages - hugePages * HUGE_PAGES) * kernel.int('vm.overcommit_ratio')) / 100) * 4;
}

/** A zone's part of them: zone DMA was asked once. */
export function numaEventsOf(zone: string, { hit, interleave }: NumaEvents): NumaEvents {
  if (zone === 'DMA') return { hit: 1, interleave: 1 };
  return zone === 'DMA32' ? { hit: hit - 1, interleave: interleave - 1 } : { hit: 0, interleave: 0 };
}
