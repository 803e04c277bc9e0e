import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { closeFile } from './log/file.ts';

/** How often it is looked whether the file still has a name, in milliseconds. */
const INTERVAL = 1000;
const NEWLINE = 0x0a;

/**
 * An open log that somebody may remove, or the directory it is in: what is written then comes into a file that nobody can open. So it is looked
 * now and then whether it has a name yet, by the way, since whoever serves files waits for no timer. A renamed file has one.
 */
export class NamedFile {
  readonly fd: number;
  /** Of its filesystem, as st_dev; undefined of what is no regular file. */
  readonly device: number | undefined;
  /** Where its lines ended when it was last seen to have a name. */
  #end = 0;
  #nextLook: number;

  constructor(fd: number, now: number) {
    const found = fstatSync(fd);
    const regular = found.isFile();
    this.fd = fd;
    this.device = regular ? found.dev : undefined;
    this.#end = found.size;
    this.#nextLook = regular ? now + INTERVAL : Infinity;
  }

  isToBeLookedAt(now: number): boolean {
    return now >= this.#nextLook;
  }

  /** Whether it has a name. `cut` is how many bytes it has of a line that is not whole yet. One that has none is looked at each time. */
  look(now: number, cut: number): boolean {
    const { nlink, size } = fstatSync(this.fd);
    if (nlink === 0) return false;
    this.#nextLook = now + INTERVAL;
    this.#end = size - cut;
    return true;
  }

  /** The whole lines that came into it since it was last seen to have a name. */
  linesSince(): Buffer {
    const { size } = fstatSync(this.fd);
    // It may have been truncated since.
    const from = this.#end <= size ? this.#end : 0;
    const bytes = Buffer.alloc(size - from);
    // The descriptor there is writes only. By this way a file without a name can be opened again.
    const reader = openSync(`/proc/self/fd/${this.fd}`, constants.O_RDONLY);
    try {
      for (let at = 0; at < bytes.length;) {
        const count = readSync(reader, bytes, at, bytes.length - at, from + at);
        if (count === 0) break;
        at += count;
      }
    } finally {
      closeSync(reader);
    }
    return bytes.subarray(0, bytes.lastIndexOf(NEWLINE) + 1);
  }

  close(): void {
    closeFile(this.fd);
  }
}
