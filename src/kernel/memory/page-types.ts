import { PG } from '../../abi/page-flags.ts';
import { HUGE_ORDER } from './frames.ts';

/** The owner of a page: `folio->mapping`. */
export type Mapping = 'anon' | 'file' | 'ramfs' | 'shmem' | 'hugetlbfs';

/**
 * The kind of frame: `online`, an ordinary page; `device`, ZONE_DEVICE memory (DAX); `offline`, a struct page outside the
 * kernel's control; `absent`, no struct page (a device's memory mapped by pfn).
 */
export type PageSection = 'online' | 'device' | 'offline' | 'absent';

/** The races that make a page type, by the names of RACES in memory-failure. */
type TypeRace = 'allocated' | 'grabbed';

/** The state of a page of a named type before anything happens to it. */
export interface PageType {
  readonly summary: string;
  /** Bits of PG, without those for its place in a folio (head, tail). */
  readonly flags: number;
  /** It is in folios of 2^order pages, unless a scenario sets another order. Absent: single pages. */
  readonly order?: number;
  /** Default `online`. */
  readonly section?: PageSection;
  readonly mapping?: Mapping;
  /** A process maps it, unless the scenario names other mappers. */
  readonly mapped?: true;
  readonly pteDirty?: true;
  readonly cannotUnmap?: true;
  readonly cannotSplit?: true;
  /** It was free, and taken off the buddy lists when it was poisoned. */
  readonly takenOffBuddy?: true;
  /** The kernel only finds a page in this state when it loses this race. To name the type is to ask for the race. */
  readonly race?: TypeRace;
}

const FILE = PG.uptodate | PG.lru | PG.private;
const RAMFS = PG.uptodate | PG.lru | PG.unevictable;
const ANON = PG.referenced | PG.uptodate | PG.lru | PG.anon | PG.swapbacked;
const SWAPCACHE = PG.uptodate | PG.lru | PG.anon | PG.swapbacked | PG.swapcache | PG.ownerPrivate;

/**
 * The page types that a scenario can name, in the order of `action_page_types[]` (mm/memory-failure.c). Flags are those that /proc/kpageflags of
 * a 7.3 kernel shows for such pages.
 */
export const PAGE_TYPES = table({
  reserved: { summary: 'reserved at boot: kernel text, memmap, firmware', flags: PG.reserved },
  slab: { summary: 'slab object page: dentries, inodes, kmalloc up to 8 kB', flags: PG.slab },
  pgtable: { summary: 'page table', flags: PG.pgtable },
  'large-kmalloc': { summary: 'kmalloc of more than 8 kB, a compound page', flags: PG.largeKmalloc, order: 2 },
  vmalloc: { summary: 'vmalloc area', flags: 0 },
  stack: { summary: 'kernel stack', flags: 0 },
  'high-order': { summary: 'refcount 0, not in the buddy allocator: between allocation and freeing', flags: 0, race: 'allocated' },
  free: { summary: 'free, in the buddy allocator', flags: PG.buddy },
  anon: { summary: 'anonymous memory of a process', flags: ANON, mapping: 'anon', mapped: true, pteDirty: true },
  'file-clean': { summary: 'page cache, mapped, clean', flags: FILE, mapping: 'file', mapped: true },
  'file-dirty': { summary: 'page cache, mapped, dirty', flags: FILE | PG.dirty, mapping: 'file', mapped: true, pteDirty: true },
  shmem: {
    summary: 'tmpfs, memfd or shared anonymous memory',
    flags: PG.uptodate | PG.lru | PG.swapbacked | PG.dirty,
    mapping: 'shmem',
    mapped: true,
    pteDirty: true,
  },
  'mlocked-clean': {
    summary: 'PG_mlocked, clean, mapped by nobody (mapped, it is munlocked first)',
    flags: FILE | PG.unevictable | PG.mlocked,
    mapping: 'file',
  },
  'mlocked-dirty': {
    summary: 'PG_mlocked, dirty, mapped by nobody (mapped, it is munlocked first)',
    flags: FILE | PG.unevictable | PG.mlocked | PG.dirty,
    mapping: 'file',
  },
  'unevictable-clean': { summary: 'page of a ramfs file, never written', flags: RAMFS, mapping: 'ramfs' },
  'unevictable-dirty': { summary: 'page of a ramfs file: cannot be let go of', flags: RAMFS | PG.dirty, mapping: 'ramfs' },
  'swapcache-clean': { summary: 'anonymous, also in the swap cache, clean', flags: SWAPCACHE, mapping: 'anon', mapped: true },
  'swapcache-dirty': {
    summary: 'anonymous, also in the swap cache, dirty',
    flags: SWAPCACHE | PG.dirty,
    mapping: 'anon',
    mapped: true,
    pteDirty: true,
  },
  thp: { summary: 'transparent huge page', flags: ANON | PG.thp, order: HUGE_ORDER, mapping: 'anon', mapped: true, pteDirty: true },
  'unsplit-thp': {
    summary: 'transparent huge page that cannot be split',
    flags: ANON | PG.thp,
    order: HUGE_ORDER,
    mapping: 'anon',
    mapped: true,
    pteDirty: true,
    cannotSplit: true,
  },
  hugetlb: {
    summary: 'hugetlb page of a process',
    flags: PG.uptodate | PG.anon | PG.huge,
    order: HUGE_ORDER,
    mapping: 'anon',
    mapped: true,
    pteDirty: true,
  },
  'hugetlb-free': { summary: 'free page of the hugetlb pool', flags: PG.huge, order: HUGE_ORDER },
  dax: { summary: 'persistent memory mapped by DAX', flags: PG.uptodate, section: 'device', mapping: 'file', mapped: true },
  pfnmap: { summary: 'device memory mapped by pfn: no struct page', flags: 0, section: 'absent' },
  zero: { summary: 'the shared zero page', flags: PG.zeroPage | PG.reserved },
  truncated: { summary: 'page cache whose file has just been truncated', flags: PG.uptodate | PG.lru },
  'unmap-failed': {
    summary: 'anonymous memory that cannot be unmapped',
    flags: ANON,
    mapping: 'anon',
    mapped: true,
    pteDirty: true,
    cannotUnmap: true,
  },
  unknown: { summary: 'no flag to identify it by: isolated from the LRU meanwhile', flags: FILE, mapping: 'file', race: 'grabbed' },
  poisoned: { summary: 'a free page poisoned before', flags: PG.hwpoison, takenOffBuddy: true },
  offline: { summary: 'memory outside kernel control', flags: 0, section: 'offline' },
});

/** Keeps the names of the rows, and types each row as a PageType. */
function table<N extends string>(rows: Readonly<Record<N, PageType>>): typeof rows {
  return rows;
}

export type PageTypeName = keyof typeof PAGE_TYPES;

export const PAGE_TYPE_NAMES = Object.keys(PAGE_TYPES) as readonly PageTypeName[];
