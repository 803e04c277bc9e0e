import type { Kernel } from '../../kernel/kernel.ts';
import type { HwpoisonFilter } from '../../kernel/memory-failure/failure-state.ts';
import { inject } from '../../kernel/ras/inject.ts';
import { unpoisonMemory } from '../../kernel/memory-failure/unpoison.ts';
import { type FileHandler, type FileNode, textFile } from '../../vfs/node.ts';
import { simpleAttr } from './simple-attribute.ts';

/** The files of the filter: name, variable and width of each. Source: mm/hwpoison-inject.c. */
const FILTER_FILES = [
  ['corrupt-filter-enable', 'enable', 32],
  ['corrupt-filter-dev-major', 'devMajor', 32],
  ['corrupt-filter-dev-minor', 'devMinor', 32],
  ['corrupt-filter-flags-mask', 'flagsMask', 64],
  ['corrupt-filter-flags-value', 'flagsValue', 64],
  ['corrupt-filter-memcg', 'memcg', 64],
] as const satisfies readonly (readonly [string, keyof HwpoisonFilter, 32 | 64])[];

/**
 * /sys/kernel/debug/hwpoison: injection by pfn, unpoisoning, and the filter. Source: mm/hwpoison-inject.c. simple_attr_open()
 * (fs/libfs.c) opens each without a position.
 */
export function hwpoisonFiles(kernel: Kernel): Record<string, FileNode> {
  const writeOnly = (set: (pfn: number) => number): FileNode => ({
    kind: 'file',
    mode: 0o200,
    size: 0,
    seeking: 'none',
    handler: simpleAttr((value) => set(Number(value))),
  });
  const filters = FILTER_FILES.map(([name, field, bits]): [string, FileNode] => [
    name,
    { kind: 'file', mode: 0o600, size: 0, seeking: 'none', handler: filterFile(kernel, field, bits) },
  ]);
  return {
    'corrupt-pfn': writeOnly((pfn) => inject(kernel, { pfn, via: 'corrupt' })),
    'unpoison-pfn': writeOnly((pfn) => unpoisonMemory(kernel, pfn)),
    ...Object.fromEntries(filters),
  };
}

function filterFile(kernel: Kernel, field: keyof HwpoisonFilter, bits: 32 | 64): FileHandler {
  return {
    ...textFile(() => `${kernel.failures.filter[field]}\n`),
    ...simpleAttr((value) => {
      const filter: Record<keyof HwpoisonFilter, number | bigint> = kernel.failures.filter;
      filter[field] = bits === 32 ? Number(BigInt.asUintN(32, value)) : value;
      return 0;
    }),
  };
}
