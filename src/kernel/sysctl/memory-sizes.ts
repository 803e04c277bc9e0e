import type { MachineSize, SysctlHost } from './ctl-table.ts';

/** kB of a pageblock, which is also a huge page (2 MiB); the number of free lists a pageblock can be on (MIGRATE_PCPTYPES). */
const PAGEBLOCK_KB = 2048;
const MIGRATE_PCPTYPES = 3;
/** MemTotal of a machine whose RAM just fits below 4 GiB on QEMU's q35: with more there is a zone Normal. */
const MOST_WITHOUT_ZONE_NORMAL_KB = 2_704_603;
/** What calculate_min_free_kbytes() keeps within. */
export const LEAST_MIN_FREE_KB = 128;
export const MOST_MIN_FREE_KB = 262_144;
/** hugepage_init() leaves transparent huge pages off on machines with less. */
const LEAST_FOR_HUGE_PAGES_KB = 512 * 1024;

/**
 * Boot value of vm.min_free_kbytes: the square root of 16 times low memory, within 128 kB and 256 MB, or the need of huge pages, if that
 * is more: two pageblocks a zone and one for each pair of mobility types, but no more than a twentieth of RAM. Mirrors
 * calculate_min_free_kbytes() (mm/page_alloc.c) and set_recommended_min_free_kbytes() (mm/khugepaged.c).
 */
export function minFreeKbytes({ totalRamKb, profile }: MachineSize): number {
  const lowmemKb = Math.max(0, totalRamKb - profile.bootMemory.notFound.watermarks);
  const usual = Math.min(MOST_MIN_FREE_KB, Math.max(LEAST_MIN_FREE_KB, Math.floor(Math.sqrt(lowmemKb * 16))));
  return hasHugePages({ totalRamKb }) ? Math.max(usual, recommendedMinFreeKb({ totalRamKb })) : usual;
}

/** Whether transparent huge pages are on after boot. Mirrors hugepage_init() (mm/huge_memory.c). */
export function hasHugePages({ totalRamKb }: Pick<MachineSize, 'totalRamKb'>): boolean {
  return totalRamKb >= LEAST_FOR_HUGE_PAGES_KB;
}

/** What huge pages want to be kept free, in kB. */
export function recommendedMinFreeKb({ totalRamKb }: Pick<MachineSize, 'totalRamKb'>): number {
  const zones = totalRamKb > MOST_WITHOUT_ZONE_NORMAL_KB ? 3 : 2;
  return Math.min(PAGEBLOCK_KB * zones * (2 + MIGRATE_PCPTYPES ** 2), Math.floor(totalRamKb / 20));
}

/** A 32nd of what is free when the kernel sets itself up: root's and users' reserve, before their caps. */
function freeShareKb({ totalRamKb, profile }: MachineSize): number {
  return Math.max(0, Math.floor((totalRamKb - profile.bootMemory.notFound.reserves) / 32));
}

/** Boot value of vm.user_reserve_kbytes: 3 % of free memory, 128 MB at most. Mirrors init_user_reserve() (mm/mmap.c). */
export function userReserveKbytes(host: MachineSize): number {
  return Math.min(freeShareKb(host), 131_072);
}

/** Boot value of vm.admin_reserve_kbytes: 3 % of free memory, 8 MB at most. Mirrors init_admin_reserve() (mm/mmap.c). */
export function adminReserveKbytes(host: MachineSize): number {
  return Math.min(freeShareKb(host), 8192);
}

/** The most huge pages that a machine can allocate: its free memory without a share of the minimum, as recorded with 1 to 3 GiB. */
function mostHugePages(host: MachineSize): bigint {
  const reserveKb = minFreeKbytes(host) * host.profile.bootMemory.hugePagesLeave;
  return BigInt(Math.max(0, Math.floor((host.freeRamKb - reserveKb) / PAGEBLOCK_KB)));
}

/**
 * The value of vm.nr_hugepages after a write of `written`. Mirrors set_max_huge_pages() (mm/hugetlb.c), which allocates as many as it
 * can.
 */
export function settleHugePages(host: SysctlHost, written: bigint, old: bigint): bigint {
  const most = mostHugePages(host);
  const wanted = written < most ? written : most;
  return host.resizeHugetlbPool?.(wanted, old) ?? wanted;
}
