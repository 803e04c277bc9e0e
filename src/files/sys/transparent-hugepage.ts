import type { Kernel } from '../../kernel/kernel.ts';
import { census } from '../../kernel/memory/census.ts';
import { U64_MAX } from '../../kernel/kstrtoull.ts';
import { setRecommendedMinFreeKbytes } from '../../kernel/khugepaged.ts';
import { HUGE_PAGES, PAGE_SIZE } from '../../kernel/memory/frames.ts';
import { hasHugePages } from '../../kernel/sysctl/memory-sizes.ts';
import { directory, type DirectoryNode, type TreeNode } from '../../vfs/node.ts';
import { attributeFile, boolFile, bracketFile, constantFile, type NumberFormat, numberFile, since, U32_MAX } from './sysfs-file.ts';
import { isOlder, type KernelVersion } from '../../kernel/version.ts';

const PATH = '/kernel/mm/transparent_hugepage';

/** Names by the first kernel that has them. */
type ByVersion = Readonly<Partial<Record<KernelVersion, readonly string[]>>>;

/** kB of the folios that can be transparent huge pages; those of 8 kB only for shmem. */
const SIZES = [8, 16, 32, 64, 128, 256, 512, 1024, 2048] as const;
const PMD_KB = 2048;
const SHMEM_ONLY_KB = 8;

/** Counters of every size, and those of sizes that anonymous memory can have, by the kernel that they came with. */
const STATS: ByVersion = {
  '6.12': ['shmem_alloc', 'shmem_fallback', 'shmem_fallback_charge', 'split', 'split_failed', 'swpout', 'swpout_fallback'],
  '7.2': ['collapse_alloc', 'collapse_alloc_failed', 'swpin', 'swpin_fallback', 'swpin_fallback_charge', 'zswpout'],
};
const ANON_STATS: ByVersion = {
  '6.12': ['anon_fault_alloc', 'anon_fault_fallback', 'anon_fault_fallback_charge', 'nr_anon', 'nr_anon_partially_mapped', 'split_deferred'],
  '7.2': ['collapse_exceed_none_pte', 'collapse_exceed_shared_pte', 'collapse_exceed_swap_pte'],
};

const SHMEM_WORDS = ['always', 'within_size', 'advise', 'never', 'deny', 'force'];

/** A flag: an unsigned long of which only two values are taken, before 7.2 in decimal. Mirrors single_hugepage_flag_store() (mm/huge_memory.c). */
const flag = ({ profile: { version } }: Kernel): NumberFormat => ({ base: isOlder(version, '7.2') ? 10 : 0, most: 1n, type: U64_MAX, overflow: 'ERANGE' });
const UNSIGNED: NumberFormat = { base: 10, most: U32_MAX, overflow: 'EINVAL' };
const ENTRIES: NumberFormat = { base: 10, most: BigInt(HUGE_PAGES - 1), overflow: 'EINVAL' };

/** /sys/kernel/mm/transparent_hugepage. Source: mm/huge_memory.c, mm/shmem.c, mm/khugepaged.c. */
export function transparentHugepageDirectory(kernel: Kernel): DirectoryNode {
  const on = hasHugePages(kernel);
  const sizes = SIZES.map((kb): [string, DirectoryNode] => [`hugepages-${kb}kB`, sizeDirectory(kernel, kb)]);
  return directory({
    defrag: bracketFile(kernel, `${PATH}/defrag`, ['always', 'defer', 'defer+madvise', 'madvise', 'never'], on ? 'madvise' : 'never'),
    enabled: bracketFile(kernel, `${PATH}/enabled`, ['always', 'madvise', 'never'], on ? 'always' : 'never', () => startStopKhugepaged(kernel)),
    hpage_pmd_size: constantFile(String(HUGE_PAGES * PAGE_SIZE)),
    ...since(kernel, '6.12', Object.fromEntries(sizes)),
    khugepaged: khugepagedDirectory(kernel),
    shmem_enabled: bracketFile(kernel, `${PATH}/shmem_enabled`, SHMEM_WORDS, 'never', () => { shmemStored(kernel); }, (word) => mayForce(kernel, word)),
    ...since(kernel, '6.12', { shrink_underused: boolFile(kernel, `${PATH}/shrink_underused`, true, ['0', '1']) }),
    use_zero_page: numberFile(kernel, `${PATH}/use_zero_page`, on ? 1 : 0, flag(kernel)),
  });
}

function sizeDirectory(kernel: Kernel, kb: number): DirectoryNode {
  const path = `${PATH}/hugepages-${kb}kB`;
  const boot = kb === PMD_KB ? 'inherit' : 'never';
  const names = [kb === SHMEM_ONLY_KB ? {} : ANON_STATS, STATS].flatMap((byVersion: ByVersion) => namesOf(kernel, byVersion));
  const stats = names.map((name): [string, TreeNode] => [
    name, name === 'nr_anon' && kb === PMD_KB ? attributeFile(() => `${Math.floor(census(kernel.memory).anonThp / HUGE_PAGES)}\n`) : constantFile('0'),
  ]);
  return directory({
    ...(kb !== SHMEM_ONLY_KB && { enabled: bracketFile(kernel, `${path}/enabled`, ['always', 'inherit', 'madvise', 'never'], boot, () => startStopKhugepaged(kernel)) }),
    shmem_enabled: bracketFile(
      kernel, `${path}/shmem_enabled`, ['always', 'inherit', 'within_size', 'advise', 'never'], boot, () => { shmemStored(kernel); },
      (word) => word !== 'inherit' || kb === PMD_KB || wordOf(kernel, 'shmem_enabled', 'never') !== 'force',
    ),
    stats: directory(Object.fromEntries(stats)),
  });
}

function namesOf({ profile: { version } }: Kernel, byVersion: ByVersion): string[] {
  return (Object.entries(byVersion) as [KernelVersion, readonly string[]][]).flatMap(([first, names]) => (isOlder(version, first) ? [] : names));
}

/** From 7.2 on khugepaged works for shmem too. */
function shmemStored(kernel: Kernel): void {
  if (!isOlder(kernel.profile.version, '7.2')) startStopKhugepaged(kernel);
}

/** Before 7.2 `force` is refused while shmem of other sizes than 2 MiB inherits it, or that of 2 MiB does not. Mirrors shmem_enabled_store() (mm/shmem.c). */
function mayForce(kernel: Kernel, word: string): boolean {
  const { version } = kernel.profile;
  if (word !== 'force' || isOlder(version, '6.12') || !isOlder(version, '7.2')) return true;
  return SIZES.every((kb) => (wordOf(kernel, `hugepages-${kb}kB/shmem_enabled`, kb === PMD_KB ? 'inherit' : 'never') === 'inherit') === (kb === PMD_KB));
}

function wordOf(kernel: Kernel, file: string, boot: string): string {
  return kernel.attributes.get(`${PATH}/${file}`) ?? boot;
}

function khugepagedDirectory(kernel: Kernel): DirectoryNode {
  const path = `${PATH}/khugepaged`;
  const rows: readonly (readonly [name: string, boot: number, numbers: NumberFormat])[] = [
    ['alloc_sleep_millisecs', 60_000, UNSIGNED],
    ['defrag', hasHugePages(kernel) ? 1 : 0, flag(kernel)],
    ['max_ptes_none', 511, ENTRIES],
    ['max_ptes_shared', 256, ENTRIES],
    ['max_ptes_swap', 64, ENTRIES],
    ['pages_to_scan', 4096, { ...UNSIGNED, least: 1n }],
    ['scan_sleep_millisecs', 10_000, UNSIGNED],
  ];
  return directory({
    ...Object.fromEntries(rows.map(([name, boot, numbers]) => [name, numberFile(kernel, `${path}/${name}`, boot, numbers)])),
    full_scans: constantFile('0'),
    pages_collapsed: constantFile('0'),
  });
}

/** Mirrors start_stop_khugepaged() (mm/khugepaged.c). */
function startStopKhugepaged(kernel: Kernel): void {
  setRecommendedMinFreeKbytes(kernel, hugepagePmdEnabled(kernel));
}

/**
 * Whether anything may use huge pages of 2 MiB, which khugepaged then looks for: from 6.12 on sizes of their own, from 7.2 on shmem. Mirrors
 * hugepage_enabled() (mm/khugepaged.c), called hugepage_pmd_enabled() in 6.12, and shmem_hpage_pmd_enabled() (mm/shmem.c).
 */
function hugepagePmdEnabled(kernel: Kernel): boolean {
  const word = (file: string, boot: string): string => wordOf(kernel, file, boot);
  const size = `hugepages-${PMD_KB}kB`;
  const { version } = kernel.profile;
  const global = word('enabled', hasHugePages(kernel) ? 'always' : 'never') !== 'never';
  if (isOlder(version, '6.12')) return global;
  const own = word(`${size}/enabled`, 'inherit');
  // Debian does not set CONFIG_READ_ONLY_THP_FOR_FS, with which the global word decides alone, as it does in 7.2.
  if (isOlder(version, '7.2')) return ['always', 'madvise'].includes(own) || (own === 'inherit' && global);
  if (global || ['always', 'madvise'].includes(own)) return true;
  const shmem = word('shmem_enabled', 'never');
  const ownShmem = word(`${size}/shmem_enabled`, 'inherit');
  return shmem !== 'deny' && ownShmem !== 'never' && (ownShmem !== 'inherit' || shmem !== 'never');
}
