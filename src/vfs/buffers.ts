import { LIMITS } from '../abi/limits.ts';

/** What an open file keeps between two calls: see KeptBytes. */
export interface Kept {
  /** What a generated text was when its reading began, so that pieces of it fit together. */
  text?: Uint8Array;
  /** In which life of the kernel that was: the text of another is not this machine's. */
  life?: number;
  /** Bytes of an unfinished line that a large write was cut at. */
  carried?: Uint8Array;
}

/** Counts what all open files keep together, which is bounded: LIMITS.textBytes. */
export class KeptBytes {
  #total = 0;

  /** Has a file keep this from now on, in the place of what it had; false, and nothing changed, where there is no room. */
  keep(file: Kept, what: 'text' | 'carried', bytes: Uint8Array): boolean {
    const grown = bytes.length - (file[what]?.length ?? 0);
    if (grown > 0 && this.#total + grown > LIMITS.textBytes.most) return false;
    file[what] = bytes;
    this.#total += grown;
    return true;
  }

  /** Has a file keep this no longer. */
  drop(file: Kept, what: 'text' | 'carried'): void {
    this.#total -= file[what]?.length ?? 0;
    delete file[what];
  }

  /** The file is no more. */
  forget(file: Kept): void {
    this.drop(file, 'text');
    this.drop(file, 'carried');
  }
}
