import type { Kernel } from '../../kernel/kernel.ts';
import { PG } from '../../abi/page-flags.ts';
import type { FreeBlocks } from '../../kernel/memory/buddy.ts';
import type { Extent } from '../../kernel/memory/extents.ts';
import { type Frames, HUGE_ORDER, HUGE_PAGES, MAX_ORDER, merged, size, within } from '../../kernel/memory/frames.ts';
import { isOlder } from '../../kernel/version.ts';
import { PAGE_TYPES } from '../../kernel/memory/page-types.ts';
import { zonePages, type ZoneState, zoneStates } from '../../kernel/statistics/zone-state.ts';

const ORDERS = Array.from({ length: MAX_ORDER + 1 }, (_, order) => order);

/** The text of /proc/buddyinfo: free blocks by order. Mirrors frag_show_print() (mm/vmstat.c). */
export function buddyinfo(kernel: Kernel): string {
  return populated(kernel).map((zone) => {
    const counts = countBlocks(zonePages(kernel, zone).blocks);
    return `Node 0, zone ${zone.name.padStart(8)} ${counts.map((count) => `${String(count).padStart(6)} `).join('')}\n`;
  }).join('');
}

type MigrateType = 'Unmovable' | 'Movable' | 'Reclaimable' | 'HighAtomic' | 'CMA' | 'Isolate';

/** Mobility types in their order. Debian's 7.2 has CONFIG_CMA, and 6.12 has not. Source: migratetype_names[] (mm/page_alloc.c). */
function migrateTypes({ profile }: Kernel): readonly MigrateType[] {
  return ['Unmovable', 'Movable', 'Reclaimable', 'HighAtomic', ...(isOlder(profile.version, '7.2') ? [] : ['CMA'] as const), 'Isolate'];
}

/**
 * The text of /proc/pagetypeinfo. A pageblock with pages of the kernel's in it is unmovable, as if it had been taken for them; all others are
 * movable, as they were at boot. Mirrors pagetypeinfo_show() (mm/vmstat.c).
 */
export function pagetypeinfo(kernel: Kernel): string {
  const types = migrateTypes(kernel);
  const zones = populated(kernel).map((zone) => ({ zone, taken: takenPageblocks(kernel, zone) }));
  const free = zones.flatMap(({ zone, taken }) => {
    const { blocks } = zonePages(kernel, zone);
    return types.map((type) => {
      const counts = countBlocks(blocks.filter((block) => typeOf(block, taken) === type));
      return `Node    0, zone ${zone.name.padStart(8)}, type ${type.padStart(12)} ${counts.map((count) => `${String(count).padStart(6)} `).join('')}\n`;
    });
  });
  const pageblocks = zones.map(({ zone, taken }) => {
    const unmovable = taken.reduce((sum, blocks) => sum + size(blocks), 0);
    const counts = { Unmovable: unmovable, Movable: pageblocksIn(kernel, zone) - unmovable };
    return `Node 0, zone ${zone.name.padStart(8)} ${types.map((type) => `${String(countOf(counts, type)).padStart(12)} `).join('')}\n`;
  });
  return [
    `Page block order: ${HUGE_ORDER}\nPages per block:  ${HUGE_PAGES}\n\n`,
    `${'Free pages count per migrate type at order'.padEnd(44)}${ORDERS.map((order) => `${String(order).padStart(6)} `).join('')}\n`,
    ...free,
    `\n${'Number of blocks type'.padEnd(23)}${types.map((type) => `${type.padStart(12)} `).join('')}\n`,
    ...pageblocks,
  ].join('');
}

function countOf(counts: { readonly Unmovable: number; readonly Movable: number }, type: MigrateType): number {
  return type === 'Unmovable' || type === 'Movable' ? counts[type] : 0;
}

function populated(kernel: Kernel): ZoneState[] {
  return zoneStates(kernel).filter(({ present }) => present > 0);
}

function countBlocks(blocks: readonly FreeBlocks[]): number[] {
  const counts = ORDERS.map(() => 0);
  for (const { order, count } of blocks) counts[order] = (counts[order] ?? 0) + count;
  return counts;
}

function typeOf({ first }: FreeBlocks, taken: readonly Frames[]): 'Unmovable' | 'Movable' {
  const pageblock = Math.floor(first / HUGE_PAGES);
  return within(taken, { first: pageblock, last: pageblock }).length > 0 ? 'Unmovable' : 'Movable';
}

/** Flags of pages that say nothing of their pageblock: what can be moved, is free, or was never the page allocator's. */
const NO_MATTER = PG.lru | PG.buddy | PG.huge | PG.reserved | PG.hwpoison;

/** The numbers of the pageblocks of a zone that have pages of the kernel's in them. */
function takenPageblocks({ memory }: Kernel, { frames }: ZoneState): Frames[] {
  const kernels = ({ type }: Pick<Extent, 'type'>): boolean =>
    (PAGE_TYPES[type].section ?? 'online') === 'online' && (PAGE_TYPES[type].flags & NO_MATTER) === 0;
  return merged(frames.flatMap(({ first, last }) => [
    ...[...memory.spansBetween(first, last)].filter(kernels).map((extent) => pageblocksOf(Math.max(extent.first, first), Math.min(extent.last, last))),
    ...[...memory.differingBetween(first, last)].filter(kernels).map(({ pfn }) => pageblocksOf(pfn, pfn)),
  ]));
}

function pageblocksIn({ memory }: Kernel, { frames }: ZoneState): number {
  const online = frames.flatMap(({ first, last }) =>
    [...memory.spansBetween(first, last)]
      .filter(({ type }) => (PAGE_TYPES[type].section ?? 'online') === 'online')
      .map((extent) => pageblocksOf(Math.max(extent.first, first), Math.min(extent.last, last))));
  return merged(online).reduce((sum, blocks) => sum + size(blocks), 0);
}

function pageblocksOf(first: number, last: number): Frames {
  return { first: Math.floor(first / HUGE_PAGES), last: Math.floor(last / HUGE_PAGES) };
}
