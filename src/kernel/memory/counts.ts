/**
 * Counts in a row, such as those of the chunks of a set. To change one, and to find the one that a position falls into, takes a time that
 * grows with the logarithm of their number. This is a Fenwick tree: at index n, from 1, it holds the sum of the lowest set bit of n counts
 * that end with the n-th.
 */
export class Counts {
  readonly #sums: Float64Array;
  /** The largest power of 2 that is an index. */
  readonly #top: number;

  constructor(counts: readonly number[]) {
    this.#sums = new Float64Array(counts.length + 1);
    this.#top = 2 ** Math.floor(Math.log2(Math.max(1, counts.length)));
    counts.forEach((count, at) => { this.#sums[at + 1] = count; });
    for (let n = 1; n <= counts.length; n += 1) {
      const above = n + (n & -n);
      if (above <= counts.length) this.#change(above, this.#sum(n));
    }
  }

  /** Adds to the count at `index`, from 0. */
  add(index: number, change: number): void {
    for (let n = index + 1; n < this.#sums.length; n += n & -n) this.#change(n, change);
  }

  /**
   * Which count `position` falls into, and how far: position 0 is the first of the first count that is not 0. The index is the number of
   * counts if their sum is not larger than `position`.
   */
  find(position: number): { readonly index: number; readonly left: number } {
    let index = 0;
    let left = position;
    for (let step = this.#top; step >= 1; step /= 2) {
      const next = index + step;
      if (next < this.#sums.length && this.#sum(next) <= left) {
        left -= this.#sum(next);
        index = next;
      }
    }
    return { index, left };
  }

  #sum(n: number): number {
    return this.#sums[n] ?? 0;
  }

  #change(n: number, change: number): void {
    this.#sums[n] = this.#sum(n) + change;
  }
}
