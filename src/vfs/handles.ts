import type { OpenFile } from './node.ts';

/** The open files by handle, which is above 0. A handle is used again when its file is closed: an array does not grow and shrink with each file. */
export class Handles {
  readonly #files: (OpenFile | undefined)[] = [undefined];
  readonly #free: number[] = [];

  /** How many files are open. */
  get size(): number {
    return this.#files.length - 1 - this.#free.length;
  }

  get(handle: number): OpenFile | undefined {
    return this.#files[handle];
  }

  /** Adds a file. Returns its handle. */
  add(file: OpenFile): number {
    const handle = this.#free.pop() ?? this.#files.length;
    this.#files[handle] = file;
    return handle;
  }

  /** Removes the file of a handle that is in use. */
  remove(handle: number): void {
    this.#files[handle] = undefined;
    this.#free.push(handle);
  }
}
