import { CPUS } from '../cpus.ts';
import type { Kernel } from '../kernel.ts';
import { freeBlocks, type FreeBlocks } from '../memory/buddy.ts';
import { type Census, census } from '../memory/census.ts';
import { type Frames, HUGE_ORDER, size, within, without } from '../memory/frames.ts';
import type { MachineLayout } from '../memory/layout.ts';
import { ZONES } from '../memory/page-flags-text.ts';
import { isOlder } from '../version.ts';
import { minFreeKbytes } from '../sysctl/memory-sizes.ts';

/** The zone of the pages that the kernel freed only after it had set its watermarks: init sections, the initial ramdisk. As recorded. */
const LATE_ZONE = 'DMA32';
/** Source: MIN_PERCPU_PAGELIST_HIGH_FRACTION (mm/page_alloc.c), SWAP_CLUSTER_MAX (include/linux/swap.h). */
const HIGH_FRACTION = 8;
const SWAP_CLUSTER_MAX = 32;
/** The most pages that the lists of a CPU take or return at once: SZ_256K / PAGE_SIZE. */
const MOST_BATCH = 64;
const RATIO = 'vm.lowmem_reserve_ratio';
/** Its value at boot. */
const BOOT_RATIO = '256,256,32,0,0';
/** Pages of 128 MiB, which the threshold of a zone's counters goes by. */
const PAGES_PER_128M = 2 ** 15;

/** One zone of the node, in pages. Mirrors `struct zone` (include/linux/mmzone.h). */
export interface ZoneState {
  readonly name: string;
  /** All frames within its bounds, sorted: the zones have each frame once. */
  readonly frames: readonly Frames[];
  readonly startPfn: number;
  readonly spanned: number;
  readonly present: number;
  readonly managed: number;
  readonly min: number;
  readonly low: number;
  readonly high: number;
  readonly promo: number;
  /** lowmem_reserve: what it keeps from allocations that could have come from each higher zone. */
  readonly protection: readonly number[];
}

/** What a zone's pages are at the moment. */
export interface ZonePages {
  readonly census: Census;
  readonly blocks: readonly FreeBlocks[];
  /** Free pages in wholly free pageblocks: NR_FREE_PAGES_BLOCKS. */
  readonly freeInPageblocks: number;
}

/** The zones of x86-64 in their order, those without memory too. */
export function zoneStates(kernel: Kernel): ZoneState[] {
  const zones = zonesWithMemory(kernel);
  const lowmem = zones.reduce((sum, zone) => sum + (sharesReserve(kernel, zone) ? zone.managed : 0), 0);
  const watermarks = watermarksOf(kernel, lowmem);
  return zones.map((zone, index) => ({ ...zone, ...watermarks(zone), protection: protectionOf(kernel, zones, index) }));
}

/** Takes stock of a zone's pages. */
export function zonePages({ memory }: Kernel, { frames }: Pick<ZoneState, 'frames'>): ZonePages {
  const blocks = [...freeBlocks(memory, frames)];
  return { census: census(memory, frames), blocks, freeInPageblocks: freeInPageblocks(blocks) };
}

/** Free pages in blocks of a pageblock or more. */
export function freeInPageblocks(blocks: Iterable<FreeBlocks>): number {
  let pages = 0;
  for (const { order, count } of blocks) if (order >= HUGE_ORDER) pages += count * 2 ** order;
  return pages;
}

/** What the zones keep back altogether. Mirrors calculate_totalreserve_pages() (mm/page_alloc.c). */
export function totalReservePages(zones: readonly ZoneState[]): number {
  return zones.reduce((sum, { managed, high, protection }) => sum + Math.min(managed, high + Math.max(...protection)), 0);
}

/** `vm stats threshold`. Mirrors calculate_normal_threshold() (mm/vmstat.c). */
export function statThreshold({ managed }: ZoneState): number {
  return Math.min(125, 2 * fls(CPUS) * (1 + fls(Math.floor(managed / PAGES_PER_128M))));
}

/** The lists of pages that each CPU keeps. Mirrors zone_set_pageset_high_and_batch() (mm/page_alloc.c). */
export function pageset(kernel: Kernel, { managed, low, name }: ZoneState): { readonly batch: number; readonly highMin: number; readonly highMax: number } {
  const batch = batchOf(managed);
  const fraction = kernel.int('vm.percpu_pagelist_high_fraction');
  const share = (pages: number): number => Math.max(Math.floor(pages / CPUS), batch * 4);
  if (fraction > 0) {
    const high = share(Math.floor(managed / fraction));
    return { batch, highMin: high, highMax: high };
  }
  return { batch, highMin: share(low), highMax: share(Math.floor((managed - (name === LATE_ZONE ? lateFreed(kernel) : 0)) / HIGH_FRACTION)) };
}

/** Mirrors zone_batchsize(). */
function batchOf(managed: number): number {
  const batch = Math.min(Math.floor(managed / 4096), MOST_BATCH);
  return batch <= 1 ? 1 : 2 ** Math.floor(Math.log2(batch + Math.floor(batch / 2))) - 1;
}

/** If somebody wrote to vm.min_free_kbytes, the kernel set its watermarks again, and no page came too late. */
function lateFreed(kernel: Kernel): number {
  return kernel.int('vm.min_free_kbytes') === minFreeKbytes(kernel) ? kernel.profile.bootMemory.lateFreed : 0;
}

type ZoneMemory = Omit<ZoneState, 'min' | 'low' | 'high' | 'promo' | 'protection'>;

function zonesWithMemory(kernel: Kernel): ZoneMemory[] {
  const { layout, memoryBlocks } = kernel;
  const online = memoryBlocks.offlineFrames.reduce<Frames[]>(without, [...layout.ram]);
  const movable = memoryBlocks.movableFrames;
  const managed = managedAtBoot(layout, Math.floor(kernel.totalRamKb / 4));
  const offline = memoryBlocks.offlineFrames;
  const kept = ZONES.map(({ name }, number): ZoneMemory => {
    const bounds = zoneFrames(number);
    const missing = pagesIn(within(offline, bounds)) + pagesIn(within(movable, bounds));
    const own = movable.reduce<Frames[]>(without, [bounds]);
    return zone(name, own, own.flatMap((part) => within(online, part)), (managed[number] ?? 0) - missing);
  });
  return [...kept, zone('Movable', movable, movable, pagesIn(movable)), zone('Device', [], [], 0)];
}

function zone(name: string, frames: readonly Frames[], present: readonly Frames[], managed: number): ZoneMemory {
  const startPfn = present[0]?.first ?? 0;
  return { name, frames, startPfn, spanned: (present.at(-1)?.last ?? startPfn - 1) - startPfn + 1, present: pagesIn(present), managed };
}

function zoneFrames(number: number): Frames {
  return { first: ZONES[number]?.first ?? 0, last: (ZONES[number + 1]?.first ?? Infinity) - 1 };
}

function pagesIn(frames: readonly Frames[]): number {
  return frames.reduce((sum, each) => sum + size(each), 0);
}

/** How the managed pages are shared out: zone DMA has all of its own but the reserved ones, the others theirs in proportion. */
function managedAtBoot({ ram, extents }: MachineLayout, all: number): number[] {
  const [dma = 0, dma32 = 0, normal = 0] = ZONES.map((_, number) => {
    const bounds = zoneFrames(number);
    const reserved = extents.filter(({ type }) => type === 'reserved').flatMap((extent) => within(within(ram, extent), bounds));
    return pagesIn(within(ram, bounds)) - pagesIn(reserved);
  });
  const first = Math.min(dma, all);
  const second = Math.round(((all - first) * dma32) / Math.max(1, dma32 + normal));
  return [first, second, all - first - second];
}

/** Whether vm.min_free_kbytes is shared out to a zone: zone Movable has a reserve of its own since 6.2. */
function sharesReserve({ profile }: Kernel, { name }: Pick<ZoneMemory, 'name'>): boolean {
  return name !== 'Movable' || isOlder(profile.version, '6.2');
}

/** Mirrors __setup_per_zone_wmarks() (mm/page_alloc.c). */
function watermarksOf(kernel: Kernel, lowmem: number): (zone: ZoneMemory) => Pick<ZoneState, 'min' | 'low' | 'high' | 'promo'> {
  const pagesMin = Math.floor(kernel.int('vm.min_free_kbytes') / 4);
  const scale = kernel.int('vm.watermark_scale_factor');
  const late = lateFreed(kernel);
  return ({ name, managed }) => {
    const then = name === LATE_ZONE ? Math.max(0, managed - late) : managed;
    const share = Math.floor((pagesMin * then) / Math.max(1, lowmem - late));
    const min = !sharesReserve(kernel, { name }) ? Math.min(128, Math.max(SWAP_CLUSTER_MAX, Math.floor(managed / 1024))) : share;
    const step = Math.max(Math.floor(share / 4), Math.floor((managed * scale) / 10_000));
    return { min, low: min + step, high: min + 2 * step, promo: min + 3 * step };
  };
}

/** Before 7.2 the reserve stays as it was before those pages were freed, until somebody writes to its sysctl. */
function lateForReserve(kernel: Kernel): number {
  const { version, bootMemory } = kernel.profile;
  return isOlder(version, '7.2') && String(kernel.values.get(RATIO)) === BOOT_RATIO ? bootMemory.lateFreed : 0;
}

/** Mirrors setup_per_zone_lowmem_reserve() (mm/page_alloc.c). */
function protectionOf(kernel: Kernel, zones: readonly ZoneMemory[], number: number): number[] {
  const ratios = kernel.values.get(RATIO);
  const ratio = typeof ratios === 'object' ? Number(ratios[number] ?? 0n) : 0;
  let above = 0;
  return zones.map((upper, index) => {
    if (index <= number) return 0;
    above += upper.managed - (upper.name === LATE_ZONE ? lateForReserve(kernel) : 0);
    return ratio === 0 || zones[number]?.managed === 0 ? 0 : Math.floor(above / ratio);
  });
}

/** The number of the highest bit that is set, from 1; 0 of 0. */
function fls(value: number): number {
  return 32 - Math.clz32(value);
}
