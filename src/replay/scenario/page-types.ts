import { ACTION_PAGE_TYPES } from '../../kernel/memory-failure/action-page-types.ts';
import type { PageTypeName } from '../../kernel/memory/page-types.ts';
import type { ReplayEvent } from '../history/event.ts';
import type { RecoveryResult } from '../wording/result-line.ts';

/** A page of the emulated machine that re-enacts a memory failure of a log. */
export interface EnactedPage {
  readonly type: PageTypeName;
  /** Whether another reference holds it, so that it cannot be freed. */
  readonly pinned?: true;
  /** What the log leaves open, and how it was taken. */
  readonly guess?: string;
}

interface Row {
  readonly types: readonly string[];
  readonly type: PageTypeName;
  /**
   * How it ends on the emulated machine by itself. If it ended worse in the log, another owner held the page. Absent: another owner cannot
   * be the reason.
   */
  readonly ends?: RecoveryResult;
  readonly results?: readonly RecoveryResult[];
}

/** By the text of the log: the first row that fits. For a page of the kernel the verdicts are more exact: see {@link KERNEL}. */
const PAGES: readonly Row[] = [
  // Anonymous memory recovers although it is pinned.
  { types: ['dirty LRU page', 'LRU page'], results: ['Failed', 'Ignored'], type: 'file-dirty', ends: 'Recovered' },
  { types: ['dirty LRU page', 'LRU page'], type: 'anon', ends: 'Recovered' },
  { types: ['clean LRU page'], type: 'file-clean', ends: 'Recovered' },
  { types: ['dirty mlocked LRU page', 'mlocked LRU page'], type: 'mlocked-dirty', ends: 'Recovered' },
  { types: ['clean mlocked LRU page'], type: 'mlocked-clean', ends: 'Recovered' },
  { types: ['dirty unevictable LRU page', 'unevictable LRU page'], type: 'unevictable-dirty' },
  { types: ['clean unevictable LRU page'], type: 'unevictable-clean', ends: 'Recovered' },
  { types: ['dirty swapcache page', 'swapcache page'], type: 'swapcache-dirty', ends: 'Delayed' },
  { types: ['clean swapcache page'], type: 'swapcache-clean', ends: 'Recovered' },
  { types: ['huge page'], type: 'hugetlb', ends: 'Recovered' },
  { types: ['free huge page'], type: 'hugetlb-free' },
  { types: ['free buddy page', 'free buddy, 2nd try page', 'free buddy page (2nd try)', 'free kernel page'], type: 'free' },
  { types: ['unsplit thp'], type: 'unsplit-thp' },
  { types: ['already truncated LRU page'], type: 'truncated' },
  { types: ['unmapping failed page'], type: 'unmap-failed' },
  { types: ['dax page'], type: 'dax' },
  { types: ['non struct page pfn'], type: 'pfnmap' },
  { types: ['memory outside kernel control page'], type: 'offline' },
  { types: ['already poisoned page', 'already poisoned', 'huge page already hardware poisoned'], type: 'poisoned' },
];

const KERNEL_TYPES: readonly string[] = [
  ACTION_PAGE_TYPES.MF_MSG_KERNEL, ACTION_PAGE_TYPES.MF_MSG_GET_HWPOISON, ACTION_PAGE_TYPES.MF_MSG_KERNEL_HIGH_ORDER, ACTION_PAGE_TYPES.MF_MSG_UNKNOWN,
  'kernel slab page', 'high order kernel page', 'non LRU page', 'unknown page state page',
];

/** By the verdicts under v4 and 7.3: the page with the same verdicts on the emulated machine. */
const KERNEL: Readonly<Record<string, EnactedPage>> = {
  'would-panic would-panic': { type: 'reserved' },
  'would-not would-panic': { type: 'slab' },
  'would-panic would-not': { type: 'unknown' },
  'would-not would-not': { type: 'vmalloc' },
  'undecidable would-panic': { type: 'slab', guess: 'reserved or slab, taken for slab: write type=reserved for the other case' },
  'would-not undecidable': { type: 'slab', guess: 'slab, page table or vmalloc, taken for slab: write type=vmalloc for the other case' },
};
/** The same for a page that was unpoisoned. A kernel refuses that for a reserved page, a slab page or a page table. */
const UNPOISONED_KERNEL: typeof KERNEL = {
  'would-not undecidable': { type: 'vmalloc' },
  'undecidable undecidable': { type: 'vmalloc', guess: 'the log does not tell what it was, taken for vmalloc: reserved and slab pages could not be unpoisoned' },
};
const OPEN: EnactedPage = { type: 'slab', guess: 'the log does not tell what it was, taken for slab: type=reserved would panic under both, type=vmalloc under neither' };

/** The page for an event. A type that the emulated machine lacks becomes a page that cannot be unmapped, which fails in the same way. */
export function enactedPage({ type, result, verdict, revoked }: ReplayEvent): EnactedPage {
  if (type === ACTION_PAGE_TYPES.MF_MSG_KERNEL_HIGH_ORDER && verdict.v4 === 'would-panic') return { type: 'high-order' };
  if (KERNEL_TYPES.includes(type.replace(/^dirty /, ''))) {
    const verdicts = `${verdict.v4} ${verdict['7.3']}`;
    return (revoked && UNPOISONED_KERNEL[verdicts]) ?? KERNEL[verdicts] ?? OPEN;
  }
  const row = PAGES.find((each) => each.types.includes(type) && (each.results?.includes(result) ?? true));
  const pinned = row?.ends !== undefined && (result === 'Failed' || result === 'Ignored');
  return row ? { type: row.type, ...(pinned && { pinned }) } : { type: 'unmap-failed', guess: `"${type}" is not a type this machine has: it fails as one that cannot be unmapped` };
}

/** Whether reading poison in such a page crashes the machine. */
export function isKernelMemory({ type }: EnactedPage): boolean {
  return ['reserved', 'slab', 'vmalloc', 'unknown', 'high-order'].includes(type);
}

/** Whether a process may have mapped it. A page that is still mlocked at its result line was not mapped, because unmapping ends mlock. */
export function mayBeMapped(page: EnactedPage): boolean {
  return !isKernelMemory(page) && !['free', 'hugetlb-free', 'offline', 'poisoned', 'mlocked-clean', 'mlocked-dirty'].includes(page.type);
}
