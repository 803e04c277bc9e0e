import { type Census, census } from './census.ts';
import type { MemoryHost } from './memory-host.ts';
import { HUGE_PAGES } from './frames.ts';

/** The sysctls that hold the size of the pool: two names of one value. */
const SIZE_SYSCTLS = ['vm.nr_hugepages', 'vm.nr_hugepages_mempolicy'];

/**
 * The pool of huge pages of 2 MiB. Memory holds how many there are, the sysctl how many there should be. Mirrors the counts of
 * `struct hstate` (include/linux/hugetlb.h).
 */
export class HugetlbPool {
  readonly #host: MemoryHost;

  constructor(host: MemoryHost) {
    this.#host = host;
  }

  /** How many huge pages there should be: persistent_huge_pages(). */
  get persistent(): number {
    return this.#host.int('vm.nr_hugepages');
  }

  /**
   * Resizes the pool to `wanted`, as far as there is free memory, and frees huge pages that are not in use. Returns the new size; `had` is
   * the size before. Mirrors set_max_huge_pages() (mm/hugetlb.c): pages in use beyond `wanted` become surplus.
   */
  resize(wanted: number, had: number): number {
    if (wanted < had) {
      this.#giveBack(had - wanted);
      return wanted;
    }
    let got = had;
    for (const { first, last } of this.#host.memory.roomFor(HUGE_PAGES, wanted - had)) {
      this.#host.memory.define(first, last, 'hugetlb-free');
      got += (last - first + 1) / HUGE_PAGES;
      this.#host.events.htlb_buddy_alloc_success += (last - first + 1) / HUGE_PAGES;
    }
    return got;
  }

  /** Boots the pool with the huge pages of the memory layout. If the command line sets a size (`asked`), the pool gets that size. */
  boot(asked: boolean): void {
    const { huge } = census(this.#host.memory);
    if (!asked) this.setPersistent(huge);
    else this.resize(this.persistent, huge);
  }

  /** One huge page was dissolved. */
  lostOne(): void {
    this.setPersistent(Math.max(0, this.persistent - 1));
  }

  /** HugePages_Total, HugePages_Free and HugePages_Surp of /proc/meminfo. */
  counts({ huge, hugeFree }: Census): { readonly total: number; readonly free: number; readonly surplus: number } {
    return { total: huge, free: hugeFree, surplus: Math.max(0, huge - this.persistent) };
  }

  /** Sets how many there should be, under both names of the sysctl. */
  setPersistent(pages: number): void {
    for (const name of SIZE_SYSCTLS) if (this.#host.values.has(name)) this.#host.values.set(name, [BigInt(pages)]);
  }

  #giveBack(count: number): void {
    let left = count;
    for (const { type, first, last } of [...this.#host.memory.spans]) {
      if (type !== 'hugetlb-free' || left === 0) continue;
      const pages = Math.min(left, Math.floor((last - first + 1) / HUGE_PAGES)) * HUGE_PAGES;
      if (pages === 0) continue;
      this.#host.memory.define(first, first + pages - 1, 'free');
      left -= pages / HUGE_PAGES;
    }
  }
}
