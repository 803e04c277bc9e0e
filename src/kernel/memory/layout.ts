import type { PageTypeName } from './page-type-names.ts';

export const PAGE_SHIFT = 12;
export const PAGE_SIZE = 4096;

/** Pages of one type, first to last. */
export interface Span {
  readonly first: number;
  readonly last: number;
  readonly type: PageTypeName;
}

/**
 * What fills a machine's RAM, in address order, as a 1 GiB machine with Linux 7.3 showed it shortly after boot (262,144 pages): so many pages
 * as they stand there (`pages`), or in proportion to RAM (`share`, pages of the 262,144). What is left over is free, where `free` stands.
 */
const POPULATION = [
  { type: 'reserved', pages: 0x100 }, // BIOS, video memory, ROMs, SMP tables
  { type: 'vmalloc', pages: 0x20 },
  { type: 'free', pages: 0xee0 },
  { type: 'pgtable', share: 116 },
  { type: 'slab', share: 2249 },
  { type: 'large-kmalloc', share: 660 },
  { type: 'stack', share: 252 },
  { type: 'vmalloc', share: 8600 },
  { type: 'shmem', share: 1993 },
  { type: 'reserved', pages: 0x31d0 }, // kernel text, rodata, data, bss
  { type: 'zero', pages: 1 },
  { type: 'anon', share: 57 },
  { type: 'free', pages: 'rest' },
  { type: 'reserved', share: 3239 }, // struct pages, ACPI tables
] as const satisfies readonly { type: PageTypeName; pages?: number | 'rest'; share?: number }[];

const RECORDED_PAGES = 262_144;
/** RAM ends below 2.75 GiB, or else below 2 GiB and goes on at 4 GiB: QEMU's q35, which was recorded. */
const LOW_LIMIT = 0xb0000000 / PAGE_SIZE;
const LOW_SPLIT = 0x80000000 / PAGE_SIZE;
const HIGH_START = 0x100000000 / PAGE_SIZE;

/** Less would not hold the kernel and leave memory free. */
export const LEAST_MEMORY = 128 * 1024 * 1024;
export const MOST_MEMORY = 64 * 1024 ** 4;

/** The frames of a machine with so many bytes of RAM, as sorted spans; what lies between them has no struct page. */
export function layOut(memoryBytes: number): Span[] {
  const pages = Math.floor(memoryBytes / PAGE_SIZE);
  const lowPages = pages <= LOW_LIMIT ? pages : LOW_SPLIT;
  const frameOf = (index: number): number => (index < lowPages ? index : HIGH_START + index - lowPages);
  const spans: Span[] = [];
  let index = 0;
  for (const { type, count } of sized(pages)) {
    const end = index + count;
    // A row that straddles the hole below 4 GiB is two spans.
    for (const [from, to] of [[index, Math.min(end, lowPages)], [Math.max(index, lowPages), end]] as const) {
      if (from < to) spans.push({ first: frameOf(from), last: frameOf(to - 1), type });
    }
    index = end;
  }
  return spans;
}

/** The rows of the population with their number of pages in a machine of this size. */
function sized(pages: number): { type: PageTypeName; count: number }[] {
  const counts = POPULATION.map((row) => {
    if ('share' in row) return Math.ceil((row.share * pages) / RECORDED_PAGES);
    return row.pages === 'rest' ? 0 : row.pages;
  });
  const rest = pages - counts.reduce((sum, count) => sum + count, 0);
  return POPULATION.map(({ type, ...row }, n) => ({ type, count: 'pages' in row && row.pages === 'rest' ? rest : (counts[n] ?? 0) }));
}
