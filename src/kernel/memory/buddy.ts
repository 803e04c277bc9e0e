import { PG } from '../../abi/page-flags.ts';
import { flagsIn } from './extents.ts';
import { type Frames, MAX_ORDER } from './frames.ts';
import type { PhysicalMemory } from './physical-memory.ts';

/** Free blocks of one order that lie one behind the other. */
export interface FreeBlocks {
  readonly order: number;
  /** The first frame of the first block. */
  readonly first: number;
  readonly count: number;
}

/**
 * The free pages of sorted, separate frames as the buddy allocator keeps them: in aligned blocks, each as large as its place allows, in the
 * order of their frames. Mirrors what __free_one_page() (mm/page_alloc.c) merges free pages to.
 */
export function* freeBlocks(memory: PhysicalMemory, ranges: readonly Frames[]): Generator<FreeBlocks> {
  for (const range of ranges) for (const frames of freeFrames(memory, range)) yield* blocksOf(frames);
}

/** Free frames of a range: those of free extents, except pages that are something else by now, and pages that were freed since. */
function freeFrames(memory: PhysicalMemory, { first, last }: Frames): Frames[] {
  const differing = [...memory.differingBetween(first, last)].sort((a, b) => a.pfn - b.pfn);
  const free: { first: number; last: number }[] = [];
  const add = (from: number, to: number): void => {
    const before = free.at(-1);
    if (from > to) return;
    if (before?.last === from - 1) before.last = to;
    else free.push({ first: from, last: to });
  };
  let next = 0;
  for (const extent of memory.spansBetween(first, last)) {
    const isFree = (flagsIn(extent, extent.first) & PG.buddy) !== 0;
    const end = Math.min(extent.last, last);
    let from = Math.max(extent.first, first);
    for (let page = differing[next]; page !== undefined && page.pfn <= end; next += 1, page = differing[next]) {
      if (page.pfn < from) continue;
      if (isFree) add(from, page.pfn - 1);
      if (page.flags & PG.buddy) add(page.pfn, page.pfn);
      from = page.pfn + 1;
    }
    if (isFree) add(from, end);
  }
  return free;
}

function* blocksOf({ first, last }: Frames): Generator<FreeBlocks> {
  for (let at = first; at <= last;) {
    const order = orderAt(at, last - at + 1);
    // Only the largest come in rows: two of any other order would be one of the next.
    const count = order === MAX_ORDER ? Math.floor((last - at + 1) / 2 ** MAX_ORDER) : 1;
    yield { order, first: at, count };
    at += count * 2 ** order;
  }
}

/** The order of the largest block that begins at a frame and has at most a number of pages. */
function orderAt(pfn: number, pages: number): number {
  let order = 0;
  while (order < MAX_ORDER && pfn % 2 ** (order + 1) === 0 && 2 ** (order + 1) <= pages) order += 1;
  return order;
}
