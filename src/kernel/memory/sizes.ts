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
