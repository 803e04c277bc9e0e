import { LIMITS } from '../abi/limits.ts';

/** What an open file stores between two calls. A member that is absent is undefined: objects of one shape are fast. */
export interface FileBuffers {
  /** A generated text as it was when its reading began, so that the pieces of it fit together. */
  text: Uint8Array | undefined;
  /** The life of the kernel in which the text was made. A text of another life is made again. */
  life: number;
  /** The unfinished line at the end of the last write. */
  carried: Uint8Array | undefined;
}

/** The buffers of all open files. Their bytes are counted together and limited: LIMITS.textBytes. */
export class Buffers {
  #total = 0;

  /** Replaces a buffer of a file. False, and nothing changes, if there is no room. */
  store(file: FileBuffers, what: 'text' | 'carried', bytes: Uint8Array): boolean {
    const grown = bytes.length - (file[what]?.length ?? 0);
    if (grown > 0 && this.#total + grown > LIMITS.textBytes.most) return false;
    file[what] = bytes;
    this.#total += grown;
    return true;
  }

  /** Empties a buffer of a file. */
  drop(file: FileBuffers, what: 'text' | 'carried'): void {
    this.#total -= file[what]?.length ?? 0;
    file[what] = undefined;
  }

  /** Empties all buffers of a file that is closed. */
  dropAll(file: FileBuffers): void {
    if (file.text !== undefined) this.drop(file, 'text');
    if (file.carried !== undefined) this.drop(file, 'carried');
  }
}
