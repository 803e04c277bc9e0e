import { KPAGEFLAGS, KPF_HUGE, KPF_HWPOISON, kpageflags, type KpageflagsStyle, PG } from '../../abi/page-flags.ts';
import { type Extent, flagsIn, folioOf, isCompound, tailFlags } from './extents.ts';
import { has, mapcount, type Page } from './page.ts';
import { PAGE_TYPES } from './page-types.ts';
import type { PhysicalMemory } from './physical-memory.ts';
import { HUGE_PAGES, hugePageAround } from './frames.ts';

/**
 * Words of /proc/kpageflags for frames from `first` on, as many as `words` has, in the style of a kernel. Mirrors kpageflags_read() and
 * stable_page_flags() (fs/proc/page.c).
 */
export function readKpageflags(memory: PhysicalMemory, first: number, words: BigUint64Array, style = KPAGEFLAGS): void {
  const last = first + words.length - 1;
  words.fill(style.noPage);
  for (const extent of memory.spansBetween(first, last)) if (isOnline(extent)) fillFlags(extent, first, words, style);
  for (const page of memory.differingBetween(first, last)) {
    words[page.pfn - first] = page.section === 'online' ? kpageflags(page.flags, mapcount(page) > 0, style) : style.noPage;
  }
  if (style.tails === 'own') return;
  // The poison of a huge page of hugetlb belongs to its folio: every page of it shows it, also next to the range of a read.
  for (const page of memory.differingBetween(first - HUGE_PAGES, last + HUGE_PAGES)) {
    if (has(page, PG.huge | PG.hwpoison)) poisonHugePage(page, first, words);
  }
}

/** Words of /proc/kpagecount: how often each page is mapped. Mirrors kpagecount_read(). */
export function readKpagecount(memory: PhysicalMemory, first: number, words: BigUint64Array): void {
  const last = first + words.length - 1;
  for (const extent of memory.spansBetween(first, last)) {
    const mapped = BigInt(isOnline(extent) ? (extent.shape.mappers?.length ?? 0) : 0);
    words.fill(mapped, Math.max(extent.first - first, 0), extent.last - first + 1);
  }
  for (const page of memory.differingBetween(first, last)) {
    words[page.pfn - first] = page.section === 'online' ? BigInt(mapcount(page)) : 0n;
  }
}

/** The inode of the root cgroup, which all user memory is charged to. */
const ROOT_CGROUP = 1n;
const KPF_LRU = 1n << 5n;

/**
 * Words of /proc/kpagecgroup: the inode of the memory cgroup each page is charged to. Recorded: all pages on LRU lists, and of those without
 * flags some, which are left out. Mirrors kpagecgroup_read().
 */
export function readKpagecgroup(memory: PhysicalMemory, first: number, words: BigUint64Array): void {
  readKpageflags(memory, first, words);
  for (const [at, word] of words.entries()) words[at] = word & KPF_LRU ? ROOT_CGROUP : 0n;
}

function isOnline({ type }: Extent): boolean {
  return (PAGE_TYPES[type].section ?? 'online') === 'online';
}

function fillFlags(extent: Extent, first: number, words: BigUint64Array, style: KpageflagsStyle): void {
  const from = Math.max(extent.first, first);
  const to = Math.min(extent.last, first + words.length - 1);
  const mapped = (extent.shape.mappers?.length ?? 0) > 0;
  const word = (flags: number): bigint => kpageflags(flags, mapped, style);
  if (!isCompound(extent)) {
    words.fill(word(flagsIn(extent, from)), from - first, to - first + 1);
    return;
  }
  // Within an extent all heads are equal, and all tails.
  const head = word(flagsIn(extent, extent.first));
  const tail = word(tailFlags(extent));
  for (let at = from; at <= to;) {
    const { first: begin, last: end } = folioOf(extent, at);
    if (at === begin) words[at - first] = head;
    const rest = at === begin ? at + 1 : at;
    if (rest <= end) words.fill(tail, rest - first, Math.min(end, to) - first + 1);
    at = end + 1;
  }
}

function poisonHugePage({ pfn }: Page, first: number, words: BigUint64Array): void {
  const { first: from, last: to } = hugePageAround(pfn);
  for (let at = Math.max(from - first, 0); at <= Math.min(to - first, words.length - 1); at += 1) {
    const word = words[at] ?? 0n;
    if (word & KPF_HUGE) words[at] = word | KPF_HWPOISON;
  }
}
