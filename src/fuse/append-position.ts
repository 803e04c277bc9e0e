import { constants } from 'node:fs';

interface Descriptor {
  /** Where proc has the descriptor stand. */
  position: number;
  /** Where Linux has it stand, as far as can be told from here: that is where the next read(2) comes from. */
  linux: number;
}

/**
 * Where reads and writes through handles opened with O_APPEND go.
 *
 * Linux has FUSE files begin an appending write at the size it remembers of the file (generic_write_checks() of fs/read_write.c), which for
 * a file of constant size is what the last write left behind: the second `printf x >> FILE` would arrive at position 1. Files of proc and
 * sysfs know no appending: a write there begins where the descriptor stands, 0 after open(2) (their `write` takes `file->f_pos`, and
 * nothing moves it to the end). So the descriptor is followed here: by what was written, and by reads from where it stands.
 *
 * Of lseek(2) a FUSE server hears nothing, pwrite(2) looks like write(2), and pread(2) from where the descriptor stands like read(2): with
 * O_APPEND these three are taken for what they look like.
 */
export class AppendPositions {
  readonly #descriptors = new Map<number, Descriptor>();

  /** Notes an opened handle. */
  opened(handle: number, flags: number): void {
    if ((flags & constants.O_APPEND) !== 0) this.#descriptors.set(handle, { position: 0, linux: 0 });
  }

  released(handle: number): void {
    this.#descriptors.delete(handle);
  }

  /** Mostly there are none, and this is asked with each read and write. */
  #of(handle: number): Descriptor | undefined {
    return this.#descriptors.size === 0 ? undefined : this.#descriptors.get(handle);
  }

  /** Where a read that arrived for `position` belongs. */
  ofRead(handle: number, position: number): number {
    const descriptor = this.#of(handle);
    return descriptor?.linux === position ? descriptor.position : position;
  }

  /** Where a write that arrived for `position` belongs. */
  ofWrite(handle: number, position: number): number {
    return this.#of(handle)?.position ?? position;
  }

  /** Moves the descriptor on by what a read that arrived for `position` gave. */
  read(handle: number, position: number, count: number): void {
    const descriptor = this.#of(handle);
    if (descriptor?.linux !== position || count <= 0) return;
    descriptor.position += count;
    descriptor.linux += count;
  }

  /** Moves the descriptor on by what was taken of a write that arrived for `position`. */
  written(handle: number, position: number, count: number): void {
    const descriptor = this.#of(handle);
    if (descriptor === undefined || count <= 0) return;
    descriptor.position += count;
    descriptor.linux = position + count;
  }
}
