import type { Kernel } from '../../kernel/kernel.ts';
import { HUGE_PAGES } from '../../kernel/memory/frames.ts';
import { type NodePageState, nodePageState } from '../../kernel/statistics/node-page-state.ts';
import type { BootCounts } from '../../kernel/statistics/boot-counts.ts';
import { existsIn, type KernelVersion, type Lifetime } from '../../kernel/version.ts';
import type { VmEvent } from '../../kernel/statistics/vm-events.ts';

/** A row, and the kernels that have it. */
type Row = readonly [name: string, value: (state: NodePageState, kernel: Kernel) => number, of?: Lifetime];

/** Events that do not happen here, or did not on the recorded machine. */
function never(...names: readonly string[]): Row[] {
  return names.map((name) => [name, () => 0]);
}

/** Rows that begin with a kernel, or that end with one. */
const since = (version: KernelVersion, ...rows: readonly Row[]): Row[] => rows.map(([name, value, of]) => [name, value, { ...of, since: version }]);
const until = (version: KernelVersion, ...rows: readonly Row[]): Row[] => rows.map(([name, value, of]) => [name, value, { ...of, until: version }]);

function event(name: VmEvent): Row {
  return [name, (_, { events }) => events[name]];
}

/** What the recorded kernel had counted. */
function boot(name: string, count: keyof BootCounts): Row {
  return [name, (_, { profile }) => profile.bootCounts[count]];
}

/**
 * /proc/vmstat of x86-64, in its order: vmstat_text[] (mm/vmstat.c). The model counts what it emulates. Other rows
 * have the recorded number.
 */
const VMSTAT: readonly Row[] = [
  ['nr_free_pages', ({ census }) => census.free],
  ...since('7.2', ['nr_free_pages_blocks', ({ freeInPageblocks }) => freeInPageblocks]),
  ...never('nr_zone_inactive_anon'),
  ['nr_zone_active_anon', ({ census }) => census.lruAnon],
  ['nr_zone_inactive_file', ({ census }) => census.lruFile],
  ...never('nr_zone_active_file'),
  ['nr_zone_unevictable', ({ census }) => census.unevictable],
  ['nr_zone_write_pending', ({ census }) => census.fileDirty],
  ['nr_mlock', ({ census }) => census.mlocked],
  ...until('7.2', ...never('nr_bounce')),
  ...never('nr_zspages', 'nr_free_cma'),
  ...since('6.12', ...never('nr_unaccepted')),
  ['numa_hit', ({ numa }) => numa.hit],
  ...never('numa_miss', 'numa_foreign'),
  ['numa_interleave', ({ numa }) => numa.interleave],
  ['numa_local', ({ numa }) => numa.hit],
  ...never('numa_other', 'nr_inactive_anon'),
  ['nr_active_anon', ({ census }) => census.lruAnon],
  ['nr_inactive_file', ({ census }) => census.lruFile],
  ...never('nr_active_file'),
  ['nr_unevictable', ({ census }) => census.unevictable],
  ['nr_slab_reclaimable', ({ slabReclaimable }) => slabReclaimable],
  ['nr_slab_unreclaimable', ({ slabUnreclaimable }) => slabUnreclaimable],
  ...never(
    'nr_isolated_anon', 'nr_isolated_file', 'workingset_nodes', 'workingset_refault_anon', 'workingset_refault_file',
    'workingset_activate_anon', 'workingset_activate_file', 'workingset_restore_anon', 'workingset_restore_file',
    'workingset_nodereclaim',
  ),
  ['nr_anon_pages', ({ census }) => census.anon],
  ['nr_mapped', ({ census }) => census.fileMapped],
  ['nr_file_pages', ({ census }) => census.file + census.swapcache],
  ['nr_dirty', ({ census }) => census.fileDirty],
  ...never('nr_writeback'),
  ...until('7.2', ...never('nr_writeback_temp')),
  ['nr_shmem', ({ census }) => census.shmem],
  ...never('nr_shmem_hugepages', 'nr_shmem_pmdmapped', 'nr_file_hugepages', 'nr_file_pmdmapped'),
  ['nr_anon_transparent_hugepages', ({ census }) => Math.floor(census.anonThp / HUGE_PAGES)],
  ...never(
    'nr_vmscan_write', 'nr_vmscan_immediate_reclaim', 'nr_dirtied', 'nr_written', 'nr_throttled_written', 'nr_kernel_misc_reclaimable',
    'nr_foll_pin_acquired', 'nr_foll_pin_released',
  ),
  ...since('7.2', ['nr_vmalloc', ({ vmalloc }) => vmalloc]),
  ['nr_kernel_stack', ({ kernelStackKb }) => kernelStackKb],
  ['nr_page_table_pages', ({ census }) => census.pgtable],
  ...never('nr_sec_page_table_pages'),
  ...since('6.12', ...never('nr_iommu_pages')),
  ['nr_swapcached', ({ census }) => census.swapcache],
  ...never('pgpromote_success', 'pgpromote_candidate'),
  ...since('7.2', ...never('pgpromote_candidate_nrl')),
  ...since('6.12', ...never('pgdemote_kswapd', 'pgdemote_direct', 'pgdemote_khugepaged')),
  ...since(
    '7.2',
    ...never(
      'pgdemote_proactive', 'pgsteal_kswapd', 'pgsteal_direct', 'pgsteal_khugepaged', 'pgsteal_proactive', 'pgsteal_anon', 'pgsteal_file',
      'pgscan_kswapd', 'pgscan_direct', 'pgscan_khugepaged', 'pgscan_proactive', 'pgscan_anon', 'pgscan_file',
    ),
  ),
  ...since('7.3', ...never('pgrotate_anon', 'pgrotate_file')),
  ...since(
    '7.2',
    ...never('pgrefill'),
    ['nr_hugetlb', ({ hugetlbInUse }) => hugetlbInUse],
    ...never('nr_balloon_pages', 'nr_kernel_file_pages', 'nr_gpu_active', 'nr_gpu_reclaim'),
  ),
  ['nr_dirty_threshold', ({ dirtyThreshold }) => dirtyThreshold],
  ['nr_dirty_background_threshold', ({ dirtyBackgroundThreshold }) => dirtyBackgroundThreshold],
  ...since('6.12', ...never('nr_memmap_pages'), ['nr_memmap_boot_pages', ({ allPages }) => allPages / 64]),
  ['pgpgin', () => 12],
  ...never('pgpgout', 'pswpin', 'pswpout'),
  ['pgalloc_dma', () => 32],
  boot('pgalloc_dma32', 'pgallocDma32'),
  ...never(
    'pgalloc_normal', 'pgalloc_movable', 'pgalloc_device', 'allocstall_dma', 'allocstall_dma32', 'allocstall_normal',
    'allocstall_movable', 'allocstall_device', 'pgskip_dma', 'pgskip_dma32', 'pgskip_normal', 'pgskip_movable', 'pgskip_device',
  ),
  boot('pgfree', 'pgfree'),
  boot('pgactivate', 'pgactivate'),
  ...never('pgdeactivate', 'pglazyfree'),
  boot('pgfault', 'pgfault'),
  ...never('pgmajfault', 'pglazyfreed'),
  // Before 7.2 the counters of reclaim are events.
  ...until('7.2', ...never('pgrefill')),
  boot('pgreuse', 'pgreuse'),
  ...until('7.2', ...never('pgsteal_kswapd', 'pgsteal_direct')),
  ...until('7.2', ...since('6.12', ...never('pgsteal_khugepaged'))),
  ...until('6.12', ...never('pgdemote_kswapd', 'pgdemote_direct')),
  ...until('7.2', ...never('pgscan_kswapd', 'pgscan_direct')),
  ...until('7.2', ...since('6.12', ...never('pgscan_khugepaged'))),
  ...never('pgscan_direct_throttle'),
  ...until('7.2', ...never('pgscan_anon', 'pgscan_file', 'pgsteal_anon', 'pgsteal_file')),
  ...since('6.12', ...never('zone_reclaim_success')),
  ...never(
    'zone_reclaim_failed', 'pginodesteal', 'slabs_scanned', 'kswapd_inodesteal',
    'kswapd_low_wmark_hit_quickly', 'kswapd_high_wmark_hit_quickly', 'pageoutrun', 'pgrotated', 'drop_pagecache', 'drop_slab',
    'oom_kill', 'numa_pte_updates', 'numa_huge_pte_updates', 'numa_hint_faults', 'numa_hint_faults_local', 'numa_pages_migrated',
  ),
  event('pgmigrate_success'),
  event('pgmigrate_fail'),
  ...never(
    'thp_migration_success', 'thp_migration_fail', 'thp_migration_split', 'compact_migrate_scanned', 'compact_free_scanned',
    'compact_isolated', 'compact_stall', 'compact_fail', 'compact_success', 'compact_daemon_wake', 'compact_daemon_migrate_scanned',
    'compact_daemon_free_scanned',
  ),
  event('htlb_buddy_alloc_success'),
  ...never(
    'htlb_buddy_alloc_fail'),
  ...since('7.2', ...never('cma_alloc_success', 'cma_alloc_fail')),
  ...never(
    'unevictable_pgs_culled', 'unevictable_pgs_scanned',
    'unevictable_pgs_rescued', 'unevictable_pgs_mlocked', 'unevictable_pgs_munlocked', 'unevictable_pgs_cleared',
    'unevictable_pgs_stranded', 'thp_fault_alloc', 'thp_fault_fallback', 'thp_fault_fallback_charge', 'thp_collapse_alloc',
    'thp_collapse_alloc_failed', 'thp_file_alloc', 'thp_file_fallback', 'thp_file_fallback_charge', 'thp_file_mapped',
  ),
  event('thp_split_page'),
  event('thp_split_page_failed'),
  ...never(
    'thp_deferred_split_page'),
  ...since('6.12', ...never('thp_underused_split_page')),
  ...never(
    'thp_split_pmd', 'thp_scan_exceed_none_pte', 'thp_scan_exceed_swap_pte',
    'thp_scan_exceed_share_pte', 'thp_split_pud', 'thp_zero_page_alloc', 'thp_zero_page_alloc_failed', 'thp_swpout',
    'thp_swpout_fallback', 'balloon_inflate', 'balloon_deflate', 'balloon_migrate', 'swap_ra', 'swap_ra_hit',
  ),
  ...since('6.12', ...never('swpin_zero', 'swpout_zero')),
  ...never('ksm_swpin_copy', 'cow_ksm', 'zswpin', 'zswpout'),
  ...since('6.12', ...never('zswpwb')),
  boot('direct_map_level2_splits', 'directMapSplits'),
  ...never('direct_map_level3_splits'),
  ...since('7.2', ...never('direct_map_level2_collapses', 'direct_map_level3_collapses')),
  ...since('7.3', ...never('nrswpin', 'nrswpout')),
  ...never('nr_unstable'),
];

/** The first of the rows that /sys/devices/system/node/nodeN/vmstat lacks: node_read_vmstat() (drivers/base/node.c) knows no events. */
const FIRST_OF_ALL = 'nr_dirty_threshold';

/** The rows that a kernel has. */
function rowsOf({ profile: { version } }: Kernel, rows: readonly Row[]): readonly Row[] {
  return rows.filter(([, , of = {}]) => existsIn(version, of));
}

function lines(kernel: Kernel, rows: readonly Row[]): string {
  const state = nodePageState(kernel);
  return rowsOf(kernel, rows).map(([name, value]) => `${name} ${value(state, kernel)}\n`).join('');
}

/** The first of the rows that are the node's; those before it are its zones'. */
const FIRST_OF_NODE = 'nr_inactive_anon';
const at = (name: string): number => VMSTAT.findIndex((row) => row[0] === name);

/** What /proc/zoneinfo has of the node, and of each of its zones. Source: vmstat_text[] (mm/vmstat.c). */
const NODE_ITEMS = VMSTAT.slice(at(FIRST_OF_NODE), at(FIRST_OF_ALL));
const ZONE_ITEMS = VMSTAT.slice(0, at(FIRST_OF_NODE));
export const nodeItems = (kernel: Kernel): readonly Row[] => rowsOf(kernel, NODE_ITEMS);
export const zoneItems = (kernel: Kernel): readonly Row[] => rowsOf(kernel, ZONE_ITEMS);

/** The text of /proc/vmstat. */
export function vmstat(kernel: Kernel): string {
  return lines(kernel, VMSTAT);
}

/** The text of /sys/devices/system/node/node0/vmstat. */
export function nodeVmstat(kernel: Kernel): string {
  return lines(kernel, [...ZONE_ITEMS, ...NODE_ITEMS]);
}

/** The text of /sys/devices/system/node/node0/numastat. Mirrors node_read_numastat(). */
export function numastat(kernel: Kernel): string {
  const state = nodePageState(kernel);
  const names = [
    ['numa_hit', 'numa_hit'], ['numa_miss', 'numa_miss'], ['numa_foreign', 'numa_foreign'], ['interleave_hit', 'numa_interleave'],
    ['local_node', 'numa_local'], ['other_node', 'numa_other'],
  ] as const;
  return names.map(([name, item]) => `${name} ${VMSTAT.find((row) => row[0] === item)?.[1](state, kernel)}\n`).join('');
}
