import { ERRNO } from '../../abi/errno.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { U64_MAX } from '../../kernel/kstrtoull.ts';
import { directory, type DirectoryNode, type FileNode } from '../../vfs/node.ts';
import { boolFile, bracketFile, constantFile, INT_MAX, type NumberFormat, numberFile, numberOf, since, storedFile, U32_MAX } from './sysfs-file.ts';

const PATH = '/kernel/mm/ksm';
const PAGES_TO_SCAN = `${PATH}/pages_to_scan`;
/** What `none` of advisor_mode has ksmd scan at a time. Source: DEFAULT_PAGES_TO_SCAN (mm/ksm.c). */
const DEFAULT_PAGES_TO_SCAN = 100;
/** What `scan-time` begins with. Source: DEFAULT_ADVISOR_MIN_PAGES_TO_SCAN. */
const ADVISOR_MIN_PAGES_TO_SCAN = 500;

const UNSIGNED: NumberFormat = { base: 10, most: U32_MAX, overflow: 'EINVAL' };
const UNSIGNED_LONG: NumberFormat = { base: 10, most: U64_MAX, overflow: 'EINVAL' };

/** Files that keep a number. */
const NUMBERS: readonly (readonly [name: string, boot: number, numbers: NumberFormat])[] = [
  ['max_page_sharing', 256, { base: 10, least: 2n, most: INT_MAX, overflow: 'ERANGE' }],
  ['merge_across_nodes', 1, { base: 10, most: 1n, type: U64_MAX, overflow: 'ERANGE' }],
  ['run', 0, { base: 10, most: 2n, overflow: 'EINVAL' }],
  ['sleep_millisecs', 20, UNSIGNED],
  ['stable_node_chains_prune_millisecs', 2000, UNSIGNED],
];

const ADVISOR_NUMBERS: typeof NUMBERS = [
  ['advisor_max_pages_to_scan', 30_000, UNSIGNED_LONG],
  ['advisor_min_pages_to_scan', ADVISOR_MIN_PAGES_TO_SCAN, UNSIGNED_LONG],
  ['advisor_target_scan_time', 200, { ...UNSIGNED_LONG, least: 1n }],
];

/** What ksmd counts: no process here asks for its pages to be merged. */
const COUNTERS = [
  'full_scans', 'pages_shared', 'pages_sharing', 'pages_unshared', 'pages_volatile', 'stable_node_chains', 'stable_node_dups',
];
const COUNTERS_SINCE_6_12 = ['general_profit', 'ksm_zero_pages', 'pages_scanned', 'pages_skipped'];

/** /sys/kernel/mm/ksm. Source: mm/ksm.c. */
export function ksmDirectory(kernel: Kernel): DirectoryNode {
  const counters = (names: readonly string[]): Record<string, FileNode> => Object.fromEntries(names.map((name) => [name, constantFile('0')]));
  const numbers = (rows: typeof NUMBERS): Record<string, FileNode> =>
    Object.fromEntries(rows.map(([name, boot, format]) => [name, numberFile(kernel, `${PATH}/${name}`, boot, format)]));
  return directory({
    ...counters(COUNTERS),
    ...numbers(NUMBERS),
    ...since(kernel, '6.12', {
      ...counters(COUNTERS_SINCE_6_12),
      ...numbers(ADVISOR_NUMBERS),
      // An unsigned long is read, and an unsigned int kept.
      advisor_max_cpu: numberFile(kernel, `${PATH}/advisor_max_cpu`, 70, UNSIGNED_LONG, (value) => BigInt.asUintN(32, value)),
      advisor_mode: bracketFile(kernel, ADVISOR_MODE, ['none', 'scan-time'], 'none', (mode) => {
        const least = kernel.attributes.get(`${PATH}/advisor_min_pages_to_scan`) ?? String(ADVISOR_MIN_PAGES_TO_SCAN);
        kernel.attributes.set(PAGES_TO_SCAN, mode === 'none' ? String(DEFAULT_PAGES_TO_SCAN) : least);
      }),
      smart_scan: boolFile(kernel, `${PATH}/smart_scan`, true, ['0', '1']),
    }),
    pages_to_scan: pagesToScan(kernel),
    use_zero_pages: boolFile(kernel, `${PATH}/use_zero_pages`, false, ['0', '1']),
  });
}

const ADVISOR_MODE = `${PATH}/advisor_mode`;

/** While an advisor sets it, nobody else does. */
function pagesToScan(kernel: Kernel): FileNode {
  return storedFile({
    mode: 0o644,
    show: () => `${kernel.attributes.get(PAGES_TO_SCAN) ?? DEFAULT_PAGES_TO_SCAN}\n`,
    store(data) {
      if ((kernel.attributes.get(ADVISOR_MODE) ?? 'none') !== 'none') return -ERRNO.EINVAL;
      const value = numberOf(data, UNSIGNED);
      if (typeof value === 'number') return value;
      kernel.attributes.set(PAGES_TO_SCAN, String(value));
      return 0;
    },
  });
}
