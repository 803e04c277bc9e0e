import { writeSync } from 'node:fs';

/** How long to leave a full pipe alone that somebody has set to not blocking, in milliseconds. */
const PAUSE = 5;

/** Writes all of a text to standard error before it returns. Nobody being there to read it is no failure. */
export function writeToStderr(text: string): void {
  const bytes = Buffer.from(text);
  for (let offset = 0; offset < bytes.length;) {
    try {
      offset += writeSync(2, bytes, offset);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)), 0, 0, PAUSE);
    }
  }
}
