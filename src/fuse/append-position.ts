import { constants } from 'node:fs';

/**
 * Where writes through handles opened with O_APPEND go.
 *
 * Linux has FUSE files begin an appending write at the size it remembers of the file, which for a file of constant size is what the
 * last write left behind: the second `printf x >> FILE` would arrive at position 1. Files of proc and sysfs know no appending: a
 * write there begins where the descriptor stands, 0 after open(2) (their `write` takes `file->f_pos`, and nothing moves it to the end).
 */
export class AppendPositions {
  readonly #next = new Map<number, number>();

  /** Notes an opened handle. */
  opened(handle: number, flags: number): void {
    if ((flags & constants.O_APPEND) !== 0) this.#next.set(handle, 0);
  }

  released(handle: number): void {
    this.#next.delete(handle);
  }

  /** Where a write that arrived for `position` belongs. */
  of(handle: number, position: number): number {
    return this.#next.get(handle) ?? position;
  }

  /** Moves the descriptor on by what was written. */
  advance(handle: number, written: number): void {
    const position = this.#next.get(handle);
    if (position !== undefined && written > 0) this.#next.set(handle, position + written);
  }
}
