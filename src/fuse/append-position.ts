import { constants } from 'node:fs';

interface Descriptor {
  /** The position of the descriptor as proc would have it. */
  position: number;
  /** Its position in Linux, as far as requests show it: the next read(2) comes from there. */
  linux: number;
}

/**
 * The positions of reads and writes through handles opened with O_APPEND.
 *
 * Linux begins an appending write to a FUSE file at the size that it remembers of the file (generic_write_checks() of fs/read_write.c). For
 * a file of constant size that is the end of the last write: the second `printf x >> FILE` would arrive at position 1. Files of proc and
 * sysfs do not append: a write begins at the position of the descriptor, 0 after open(2) (their `write` uses `file->f_pos`, and nothing
 * moves it to the end). So this class follows the descriptor, through writes and through reads from its position.
 *
 * A FUSE server sees no lseek(2). pwrite(2) looks like write(2), and pread(2) from the position of the descriptor looks like read(2). With
 * O_APPEND each of these counts as the call that it looks like.
 */
export class AppendPositions {
  /** By handle: handles are small numbers, and are used again. */
  readonly #descriptors: (Descriptor | undefined)[] = [];

  /** Notes an opened handle. */
  opened(handle: number, flags: number): void {
    this.#descriptors[handle] = (flags & constants.O_APPEND) !== 0 ? { position: 0, linux: 0 } : undefined;
  }

  released(handle: number): void {
    this.#descriptors[handle] = undefined;
  }

  /** The true position of a read that arrived for `position`. */
  ofRead(handle: number, position: number): number {
    const descriptor = this.#descriptors[handle];
    return descriptor?.linux === position ? descriptor.position : position;
  }

  /** The true position of a write that arrived for `position`. */
  ofWrite(handle: number, position: number): number {
    return this.#descriptors[handle]?.position ?? position;
  }

  /** Moves the descriptor on: a read that arrived for `position` returned `count` bytes. */
  read(handle: number, position: number, count: number): void {
    const descriptor = this.#descriptors[handle];
    if (descriptor?.linux !== position || count <= 0) return;
    descriptor.position += count;
    descriptor.linux += count;
  }

  /** Moves the descriptor on by what was taken of a write that arrived for `position`. */
  written(handle: number, position: number, count: number): void {
    const descriptor = this.#descriptors[handle];
    if (descriptor === undefined || count <= 0) return;
    descriptor.position += count;
    descriptor.linux = position + count;
  }
}
