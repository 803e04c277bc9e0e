import { PG } from '../../abi/page-flags.ts';
import { type Extent, flagsIn, folioPages, isCompound, tailFlags } from './extents.ts';
import { type Frames, size } from './frames.ts';
import { mapcount, type Page } from './page.ts';
import { type Mapping, PAGE_TYPES, type PageTypeName } from './page-types.ts';
import type { PhysicalMemory } from './physical-memory.ts';

/** What pages are counted by. */
interface Counted {
  readonly type: PageTypeName;
  readonly flags: number;
  readonly mapping: Mapping | null;
  readonly mapped: boolean;
}

const has = ({ flags }: Counted, bits: number): boolean => (flags & bits) === bits;
const inPageCache = ({ mapping }: Counted): boolean => mapping === 'file' || mapping === 'shmem' || mapping === 'ramfs';
const onLru = (page: Counted): boolean => has(page, PG.lru) && !has(page, PG.unevictable);

/** The kinds of page that are counted, by names of this project. mm/vmstat.c has an item for nearly each. */
const COUNTERS = {
  free: (page) => has(page, PG.buddy),
  slab: (page) => has(page, PG.slab),
  largeKmalloc: (page) => has(page, PG.largeKmalloc),
  pgtable: (page) => has(page, PG.pgtable),
  stack: ({ type }) => type === 'stack',
  vmalloc: ({ type }) => type === 'vmalloc',
  anon: (page) => has(page, PG.anon) && page.mapped && !has(page, PG.huge),
  anonThp: (page) => has(page, PG.anon | PG.thp) && page.mapped,
  file: inPageCache,
  fileMapped: (page) => inPageCache(page) && page.mapped,
  fileDirty: (page) => page.mapping === 'file' && has(page, PG.dirty),
  shmem: ({ mapping }) => mapping === 'shmem',
  swapcache: (page) => has(page, PG.swapcache),
  lruAnon: (page) => onLru(page) && has(page, PG.swapbacked),
  lruFile: (page) => onLru(page) && !has(page, PG.swapbacked),
  unevictable: (page) => has(page, PG.lru | PG.unevictable),
  mlocked: (page) => has(page, PG.mlocked),
  huge: (page) => has(page, PG.huge | PG.head),
  hugeFree: (page) => has(page, PG.huge | PG.head) && !page.mapped && page.mapping === null,
  hwpoison: (page) => has(page, PG.hwpoison),
} as const satisfies Record<string, (page: Counted) => boolean>;

export type CounterName = keyof typeof COUNTERS;
const NAMES = Object.keys(COUNTERS) as CounterName[];

/** How many pages a machine has of each kind. A page can be of several. */
export type Census = Readonly<Record<CounterName, number>>;

const ALL: readonly Frames[] = [{ first: 0, last: Infinity }];

/** Counts a machine's pages, or those of separate `ranges`: by extent, and the pages that differ from theirs one by one. */
export function census(memory: PhysicalMemory, ranges: readonly Frames[] = ALL): Census {
  const counts = Object.fromEntries(NAMES.map((name) => [name, 0])) as Record<CounterName, number>;
  const add = (page: Counted, pages: number): void => {
    if (pages !== 0) for (const name of NAMES) if (COUNTERS[name](page)) counts[name] += pages;
  };
  for (const { first, last } of ranges) {
    for (const span of memory.spansBetween(first, last)) {
      const extent = { ...span, first: Math.max(span.first, first), last: Math.min(span.last, last) };
      const heads = isCompound(extent) ? folios(extent) : size(extent);
      add(asSaid(extent, extent.first), heads);
      if (heads < size(extent)) add({ ...asSaid(extent, extent.first), flags: tailFlags(extent) }, size(extent) - heads);
    }
    for (const page of memory.differingBetween(first, last)) {
      for (const extent of memory.spansBetween(page.pfn, page.pfn)) add(asSaid(extent, page.pfn), -1);
      add(asIs(page), 1);
    }
  }
  return counts;
}

function asSaid(extent: Extent, pfn: number): Counted {
  return {
    type: extent.type,
    flags: flagsIn(extent, pfn),
    mapping: PAGE_TYPES[extent.type].mapping ?? null,
    mapped: (extent.shape.mappers?.length ?? 0) > 0,
  };
}

function asIs(page: Page): Counted {
  return { type: page.type, flags: page.flags, mapping: page.mapping, mapped: mapcount(page) > 0 };
}

/** How many folios an extent has, including those cut at its ends. */
function folios(extent: Extent): number {
  const pages = folioPages(extent);
  return Math.floor(extent.last / pages) - Math.floor(extent.first / pages) + 1;
}
