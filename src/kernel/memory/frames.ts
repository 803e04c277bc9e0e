/** Source: arch/x86/include/asm/page_types.h. */
export const PAGE_SHIFT = 12;
export const PAGE_SIZE = 4096;

/** Frames of a section: all of them have a struct page, or none. Source: SECTION_SIZE_BITS (arch/x86/include/asm/sparsemem.h). */
export const PAGES_PER_SECTION = 0x8000;

/** The order of a huge page of 2 MiB (HPAGE_PMD_ORDER), and its pages. */
export const HUGE_ORDER = 9;
export const HUGE_PAGES = 2 ** HUGE_ORDER;

/** The order of the largest block of the buddy allocator. Source: MAX_PAGE_ORDER (include/linux/mmzone.h). */
export const MAX_ORDER = 10;

/** With less the kernel leaves no memory free. More has no address on x86-64 with four levels of page tables. */
export const LEAST_MEMORY = 128 * 1024 * 1024;
export const MOST_MEMORY = 64 * 1024 ** 4;

/** The frames of the huge page that a frame would be in. */
export function hugePageAround(pfn: number): { readonly first: number; readonly last: number } {
  const first = pfn - (pfn % HUGE_PAGES);
  return { first, last: first + HUGE_PAGES - 1 };
}

/** Page frames, first to last. */
export interface Frames {
  readonly first: number;
  readonly last: number;
}

export function size({ first, last }: Frames): number {
  return last - first + 1;
}

/** Sorted, separate frames without those of `taken`. */
export function without(frames: readonly Frames[], taken: Frames): Frames[] {
  const from = frames.findIndex(({ last }) => last >= taken.first);
  if (from < 0) return [...frames];
  const beyond = frames.findIndex(({ first }) => first > taken.last);
  const to = beyond < 0 ? frames.length : beyond;
  const rest = frames
    .slice(from, to)
    .flatMap(({ first, last }) => [{ first, last: taken.first - 1 }, { first: taken.last + 1, last }])
    .filter(({ first, last }) => first <= last);
  return [...frames.slice(0, from), ...rest, ...frames.slice(to)];
}

/** Sorted, separate frames: those that touch or overlap are one. */
export function merged(frames: readonly Frames[]): Frames[] {
  const all: Frames[] = [];
  for (const { first, last } of [...frames].sort((a, b) => a.first - b.first)) {
    const before = all.at(-1);
    if (before && first <= before.last + 1) all[all.length - 1] = { first: before.first, last: Math.max(before.last, last) };
    else all.push({ first, last });
  }
  return all;
}

/** The part of sorted, separate frames that lies within others. */
export function within(frames: readonly Frames[], { first, last }: Frames): Frames[] {
  return frames
    .map((each) => ({ first: Math.max(each.first, first), last: Math.min(each.last, last) }))
    .filter((part) => part.first <= part.last);
}
