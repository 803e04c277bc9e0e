import type { Page } from './page.ts';

/** Frames in one group: as many as a huge page has. */
const GROUP = 512;

/** Ranges shorter than this are looked up frame by frame instead of by group. */
const FEW = 16;

/** Pages by frame number, in groups of neighbours, so that a range is found without a walk over all pages. */
export class PageMap {
  readonly #groups = new Map<number, Map<number, Page>>();
  #weighed = 0;

  /** The number of pages plus the number of processes that mapped them when they were added. */
  get weight(): number {
    return this.#weighed;
  }

  get(pfn: number): Page | undefined {
    return this.#groups.get(Math.floor(pfn / GROUP))?.get(pfn);
  }

  set(page: Page): void {
    const number = Math.floor(page.pfn / GROUP);
    let group = this.#groups.get(number);
    if (!group) {
      group = new Map();
      this.#groups.set(number, group);
    }
    this.#weighed += page.weight - (group.get(page.pfn)?.weight ?? 0);
    group.set(page.pfn, page);
  }

  delete(pfn: number): void {
    const number = Math.floor(pfn / GROUP);
    const group = this.#groups.get(number);
    const page = group?.get(pfn);
    if (!group || !page) return;
    group.delete(pfn);
    this.#weighed -= page.weight;
    if (group.size === 0) this.#groups.delete(number);
  }

  /** The pages of a range, in no order. They may be deleted while you iterate. */
  *between(first: number, last: number): Generator<Page> {
    if (last - first < FEW) {
      for (let pfn = first; pfn <= last; pfn += 1) {
        const page = this.get(pfn);
        if (page) yield page;
      }
      return;
    }
    const [from, to] = [Math.floor(first / GROUP), Math.floor(last / GROUP)];
    // For a long range it is cheaper to walk over the groups that exist.
    const groups = to - from < this.#groups.size ? range(from, to) : [...this.#groups.keys()].filter((group) => group >= from && group <= to);
    for (const number of groups) {
      const group = this.#groups.get(number);
      if (group) for (const page of group.values()) if (page.pfn >= first && page.pfn <= last) yield page;
    }
  }

  *[Symbol.iterator](): Generator<Page> {
    for (const group of this.#groups.values()) yield* group.values();
  }
}

function* range(from: number, to: number): Generator<number> {
  for (let number = from; number <= to; number += 1) yield number;
}
