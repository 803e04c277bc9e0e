import type { Kernel } from '../../kernel/kernel.ts';
import { census } from '../../kernel/memory/census.ts';
import { HUGE_PAGES, PAGE_SIZE } from '../../kernel/memory/sizes.ts';
import { directory, type DirectoryNode, type TreeNode } from '../../vfs/node.ts';
import { boolFile, bracketFile, numberFile, type Numbers, U32_MAX, U64_MAX } from './number-file.ts';
import { attributeFile, constantFile } from './sysfs-file.ts';

const PATH = '/kernel/mm/transparent_hugepage';

/** kB of the folios that can be transparent huge pages; those of 8 kB only for shmem. */
const SIZES = [8, 16, 32, 64, 128, 256, 512, 1024, 2048] as const;
const PMD_KB = 2048;
const SHMEM_ONLY_KB = 8;

/** Counters of every size, and those of sizes that anonymous memory can have. */
const STATS = [
  'collapse_alloc', 'collapse_alloc_failed', 'shmem_alloc', 'shmem_fallback', 'shmem_fallback_charge', 'split', 'split_failed', 'swpin',
  'swpin_fallback', 'swpin_fallback_charge', 'swpout', 'swpout_fallback', 'zswpout',
];
const ANON_STATS = [
  'anon_fault_alloc', 'anon_fault_fallback', 'anon_fault_fallback_charge', 'collapse_exceed_none_pte', 'collapse_exceed_shared_pte',
  'collapse_exceed_swap_pte', 'nr_anon', 'nr_anon_partially_mapped', 'split_deferred',
];

/** A flag: an unsigned long of which only two values are taken. Mirrors single_hugepage_flag_store() (mm/huge_memory.c). */
const FLAG: Numbers = { base: 0, most: 1n, type: U64_MAX, overflow: 'ERANGE' };
const UNSIGNED: Numbers = { base: 10, most: U32_MAX, overflow: 'EINVAL' };
const ENTRIES: Numbers = { base: 10, most: BigInt(HUGE_PAGES - 1), overflow: 'EINVAL' };

/** /sys/kernel/mm/transparent_hugepage. Source: mm/huge_memory.c, mm/shmem.c, mm/khugepaged.c. */
export function transparentHugepageDirectory(kernel: Kernel): DirectoryNode {
  const sizes = SIZES.map((kb): [string, DirectoryNode] => [`hugepages-${kb}kB`, sizeDirectory(kernel, kb)]);
  return directory({
    defrag: bracketFile(kernel, `${PATH}/defrag`, ['always', 'defer', 'defer+madvise', 'madvise', 'never'], 'madvise'),
    enabled: bracketFile(kernel, `${PATH}/enabled`, ['always', 'madvise', 'never'], 'always'),
    hpage_pmd_size: constantFile(String(HUGE_PAGES * PAGE_SIZE)),
    ...Object.fromEntries(sizes),
    khugepaged: khugepagedDirectory(kernel),
    shmem_enabled: bracketFile(kernel, `${PATH}/shmem_enabled`, ['always', 'within_size', 'advise', 'never', 'deny', 'force'], 'never'),
    shrink_underused: boolFile(kernel, `${PATH}/shrink_underused`, true, ['0', '1']),
    use_zero_page: numberFile(kernel, `${PATH}/use_zero_page`, 1, FLAG),
  });
}

function sizeDirectory(kernel: Kernel, kb: number): DirectoryNode {
  const path = `${PATH}/hugepages-${kb}kB`;
  const boot = kb === PMD_KB ? 'inherit' : 'never';
  const stats = [...(kb === SHMEM_ONLY_KB ? [] : ANON_STATS), ...STATS].map((name): [string, TreeNode] => [
    name, name === 'nr_anon' && kb === PMD_KB ? attributeFile(() => `${Math.floor(census(kernel.memory).anonThp / HUGE_PAGES)}\n`) : constantFile('0'),
  ]);
  return directory({
    ...(kb !== SHMEM_ONLY_KB && { enabled: bracketFile(kernel, `${path}/enabled`, ['always', 'inherit', 'madvise', 'never'], boot) }),
    shmem_enabled: bracketFile(kernel, `${path}/shmem_enabled`, ['always', 'inherit', 'within_size', 'advise', 'never'], boot),
    stats: directory(Object.fromEntries(stats)),
  });
}

function khugepagedDirectory(kernel: Kernel): DirectoryNode {
  const path = `${PATH}/khugepaged`;
  const rows: readonly (readonly [name: string, boot: number, numbers: Numbers])[] = [
    ['alloc_sleep_millisecs', 60_000, UNSIGNED],
    ['defrag', 1, FLAG],
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
