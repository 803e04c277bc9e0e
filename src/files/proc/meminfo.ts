import type { Kernel } from '../../kernel/kernel.ts';
import { HUGE_PAGES } from '../../kernel/memory/frames.ts';
import type { BootCounts } from '../../kernel/statistics/boot-counts.ts';
import { isOlder, type KernelVersion } from '../../kernel/version.ts';
import { type NodePageState, nodePageState } from '../../kernel/statistics/node-page-state.ts';

/** Pages in kB. */
const kb = (pages: number): number => pages * 4;
const GIB_KB = 1024 ** 2;

/** Amounts by name, in kB; those of HugePages_ are numbers of huge pages. Names that are not listed are 0 on this machine. */
const AMOUNTS: Readonly<Record<string, (state: NodePageState, counts: BootCounts) => number>> = {
  MemTotal: ({ managedPages }) => kb(managedPages),
  MemFree: ({ census }) => kb(census.free),
  MemUsed: ({ managedPages, census }) => kb(managedPages - census.free),
  MemAvailable: ({ available }) => kb(available),
  Cached: ({ census }) => kb(census.file),
  FilePages: ({ census }) => kb(census.file + census.swapcache),
  SwapCached: ({ census }) => kb(census.swapcache),
  Active: ({ census }) => kb(census.lruAnon),
  Inactive: ({ census }) => kb(census.lruFile),
  'Active(anon)': ({ census }) => kb(census.lruAnon),
  'Inactive(file)': ({ census }) => kb(census.lruFile),
  Unevictable: ({ census }) => kb(census.unevictable),
  Mlocked: ({ census }) => kb(census.mlocked),
  Dirty: ({ census }) => kb(census.fileDirty),
  AnonPages: ({ census }) => kb(census.anon),
  Mapped: ({ census }) => kb(census.fileMapped),
  Shmem: ({ census }) => kb(census.shmem),
  KReclaimable: ({ slabReclaimable }) => kb(slabReclaimable),
  Slab: ({ slab }) => kb(slab),
  SReclaimable: ({ slabReclaimable }) => kb(slabReclaimable),
  SUnreclaim: ({ slabUnreclaimable }) => kb(slabUnreclaimable),
  KernelStack: ({ kernelStackKb }) => kernelStackKb,
  PageTables: ({ census }) => kb(census.pgtable),
  CommitLimit: ({ commitLimitKb }) => commitLimitKb,
  Committed_AS: ({ census }, { committedKb }) => kb(census.anon) + committedKb,
  VmallocTotal: () => 13_743_895_347_199,
  VmallocUsed: ({ vmalloc }) => kb(vmalloc),
  Percpu: ({ percpu }) => kb(percpu),
  HardwareCorrupted: ({ poisoned }) => kb(poisoned),
  AnonHugePages: ({ census }) => kb(census.anonThp),
  HugePages_Total: ({ hugePages }) => hugePages.total,
  HugePages_Free: ({ hugePages }) => hugePages.free,
  HugePages_Surp: ({ hugePages }) => hugePages.surplus,
  Hugepagesize: () => kb(HUGE_PAGES),
  Hugetlb: ({ hugePages }) => kb(hugePages.total * HUGE_PAGES),
  DirectMap4k: (_, { directMap4kKb }) => directMap4kKb,
  DirectMap2M: ({ allPages }, { directMap4kKb }) => kb(allPages) - directMap4kKb - directMap1G(kb(allPages)),
  DirectMap1G: ({ allPages }) => directMap1G(kb(allPages)),
};

/** All whole GiB but the first, on a machine with memory above 4 GiB. */
function directMap1G(ramKb: number): number {
  return ramKb < 3 * GIB_KB ? 0 : (Math.floor(ramKb / GIB_KB) - 1) * GIB_KB;
}

const MEMINFO = [
  'MemTotal', 'MemFree', 'MemAvailable', 'Buffers', 'Cached', 'SwapCached', 'Active', 'Inactive', 'Active(anon)', 'Inactive(anon)',
  'Active(file)', 'Inactive(file)', 'Unevictable', 'Mlocked', 'SwapTotal', 'SwapFree', 'Zswap', 'Zswapped', 'Dirty', 'Writeback', 'AnonPages',
  'Mapped', 'Shmem', 'KReclaimable', 'Slab', 'SReclaimable', 'SUnreclaim', 'KernelStack', 'PageTables', 'SecPageTables', 'NFS_Unstable',
  'Bounce', 'WritebackTmp', 'CommitLimit', 'Committed_AS', 'VmallocTotal', 'VmallocUsed', 'VmallocChunk', 'Percpu', 'HardwareCorrupted',
  'AnonHugePages', 'ShmemHugePages', 'ShmemPmdMapped', 'FileHugePages', 'FilePmdMapped', 'CmaTotal', 'CmaFree', 'Unaccepted', 'Balloon',
  'GPUActive', 'GPUReclaim', 'HugePages_Total', 'HugePages_Free', 'HugePages_Rsvd', 'HugePages_Surp', 'Hugepagesize', 'Hugetlb',
  'DirectMap4k', 'DirectMap2M', 'DirectMap1G',
] as const;

const NODE_MEMINFO = [
  'MemTotal', 'MemFree', 'MemUsed', 'SwapCached', 'Active', 'Inactive', 'Active(anon)', 'Inactive(anon)', 'Active(file)', 'Inactive(file)',
  'Unevictable', 'Mlocked', 'Dirty', 'Writeback', 'FilePages', 'Mapped', 'AnonPages', 'Shmem', 'KernelStack', 'PageTables', 'SecPageTables',
  'NFS_Unstable', 'Bounce', 'WritebackTmp', 'KReclaimable', 'Slab', 'SReclaimable', 'SUnreclaim', 'AnonHugePages', 'ShmemHugePages',
  'ShmemPmdMapped', 'FileHugePages', 'FilePmdMapped', 'Unaccepted', 'Balloon', 'GPUActive', 'GPUReclaim', 'HugePages_Total',
  'HugePages_Free', 'HugePages_Surp',
] as const;

/** The first kernel that has the line. Older ones lack it. */
const SINCE: Readonly<Record<string, KernelVersion>> = { Unaccepted: '6.12', CmaTotal: '7.2', CmaFree: '7.2', Balloon: '7.2', GPUActive: '7.2', GPUReclaim: '7.2' };

function linesOf({ profile: { version } }: Kernel, names: readonly string[]): readonly string[] {
  return names.filter((name) => SINCE[name] === undefined || !isOlder(version, SINCE[name]));
}

/** One line: names of up to 15 letters are followed by eight digits, longer ones and counts of huge pages by five. */
function line(name: string, amount: number, countsFrom: number): string {
  if (name.startsWith('HugePages_')) return `${`${name}:`.padEnd(countsFrom)}${String(amount).padStart(5)}\n`;
  if (name.length > 15) return `${name}: ${String(amount).padStart(5)} kB\n`;
  return `${`${name}:`.padEnd(16)}${String(amount).padStart(8)} kB\n`;
}

/** The text of /proc/meminfo. Mirrors meminfo_proc_show() (fs/proc/meminfo.c). */
export function meminfo(kernel: Kernel): string {
  const state = nodePageState(kernel);
  return linesOf(kernel, MEMINFO).map((name) => line(name, AMOUNTS[name]?.(state, kernel.profile.bootCounts) ?? 0, 19)).join('');
}

/** The text of /sys/devices/system/node/node0/meminfo. Mirrors node_read_meminfo() (drivers/base/node.c). */
export function nodeMeminfo(kernel: Kernel): string {
  const state = nodePageState(kernel);
  return linesOf(kernel, NODE_MEMINFO).map((name) => `Node 0 ${line(name, AMOUNTS[name]?.(state, kernel.profile.bootCounts) ?? 0, 17)}`).join('');
}
