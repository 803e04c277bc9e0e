/**
 * Page flags: the name, and the bit that /proc/kpageflags shows it in (include/uapi/linux/kernel-page-flags.h and
 * include/linux/kernel-page-flags.h). `undefined`: a page type the kernel knows and /proc/kpageflags does not show.
 * A page keeps its flags as a bit set in which the n-th row is bit n.
 */
const PAGE_FLAGS = [
  ['referenced', 2],
  ['uptodate', 3],
  ['dirty', 4],
  ['lru', 5],
  ['active', 6],
  ['slab', 7],
  ['writeback', 8],
  ['buddy', 10],
  ['anon', 12],
  ['swapcache', 13],
  ['swapbacked', 14],
  ['head', 15],
  ['tail', 16],
  ['huge', 17],
  ['unevictable', 18],
  ['hwpoison', 19],
  ['ksm', 21],
  ['thp', 22],
  ['zeroPage', 24],
  ['pgtable', 26],
  ['reserved', 32],
  ['mlocked', 33],
  ['mappedToDisk', 34],
  ['private', 35],
  ['ownerPrivate', 37],
  ['largeKmalloc', undefined],
  ['error', 1],
] as const;

export type PageFlagName = (typeof PAGE_FLAGS)[number][0];

/** Bit masks by flag name: `page.flags & PG.lru`. */
export const PG = Object.fromEntries(PAGE_FLAGS.map(([name], bit) => [name, 1 << bit])) as Readonly<Record<PageFlagName, number>>;

/** Bit of /proc/kpageflags for a mapped page. It is not a flag of the page: it shows whether a process maps it. */
const KPF_MMAP = 11;

/** Words of /proc/kpageflags with the one bit set. */
export const KPF_HUGE = 1n << 17n;
export const KPF_HWPOISON = 1n << 19n;
export const KPF_NOPAGE = 1n << 20n;

/** What /proc/kpageflags of a kernel shows. */
export interface KpageflagsStyle {
  /** The word of a frame without an online struct page: KPF_NOPAGE before 7.2, then 0. */
  readonly noPage: bigint;
  /** Which flags a tail page shows: those of its folio, or before 6.10 its own, which are few. */
  readonly tails: 'folio' | 'own';
  /** All anonymous pages show KSM: from 6.10 on, which tests PAGE_MAPPING_KSM as if it were one bit, until that was mended. */
  readonly anonShowsKsm: boolean;
}

/** That of 7.3. */
export const KPAGEFLAGS: KpageflagsStyle = { noPage: 0n, tails: 'folio', anonShowsKsm: false };

/** What a tail page shows of its folio where else it shows its own flags: those that the kernel asks the head for. */
const OF_HEAD = PG.anon | PG.ksm | PG.slab | PG.swapcache | PG.huge | PG.thp | PG.zeroPage;

/** The 64-bit word of /proc/kpageflags for a page with these flags. Mirrors stable_page_flags() (fs/proc/page.c). */
export function kpageflags(flags: number, mapped: boolean, { tails, anonShowsKsm } = KPAGEFLAGS): bigint {
  let shown = flags;
  if (anonShowsKsm && flags & PG.anon) shown |= PG.ksm;
  // The poison of a huge page of hugetlb is that of its head.
  if (tails === 'own' && flags & PG.tail) shown &= OF_HEAD | PG.tail | (flags & PG.huge ? 0 : PG.hwpoison);
  let word = mapped ? 1n << BigInt(KPF_MMAP) : 0n;
  PAGE_FLAGS.forEach(([, kpf], bit) => {
    if (kpf !== undefined && shown & (1 << bit)) word |= 1n << BigInt(kpf);
  });
  return word;
}

/** The page flags that a word of /proc/kpageflags shows: the inverse of {@link kpageflags}, without `largeKmalloc`. */
export function pageFlagsOf(word: bigint): number {
  return PAGE_FLAGS.reduce((flags, [, kpf], bit) => (kpf !== undefined && (word >> BigInt(kpf)) & 1n ? flags | (1 << bit) : flags), 0);
}
