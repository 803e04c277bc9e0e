import { LIMITS } from '../abi/limits.ts';

/** What an open file keeps between two calls: see KeptBytes. */
export interface Kept {
  /** What a generated text was when its reading began, so that pieces of it fit together. */
  text?: Uint8Array;
  /** Bytes of an unfinished line that a large write was cut at. */
  carried?: Uint8Array;
}

/** Counts what all open files keep together, which is bounded: LIMITS.textBytes. */
export class KeptBytes {
  private total = 0;

  /** Has a file keep this from now on, in the place of what it had; false, and nothing changed, where there is no room. */
  keep(file: Kept, what: keyof Kept, bytes: Uint8Array): boolean {
    const grown = bytes.length - (file[what]?.length ?? 0);
    if (grown > 0 && this.total + grown > LIMITS.textBytes.most) return false;
    file[what] = bytes;
    this.total += grown;
    return true;
  }

  /** The file is no more. */
  forget({ text, carried }: Kept): void {
    this.total -= (text?.length ?? 0) + (carried?.length ?? 0);
  }
}
