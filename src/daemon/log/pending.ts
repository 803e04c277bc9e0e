import type { PrintkRecord } from '../../kernel/effect.ts';

/** Bytes that are kept at most for a file that cannot be written: several hundred times what a panic prints. */
const MOST = 1_048_576;
const NEWLINE = 0x0a;
const NONE = Buffer.alloc(0);

/**
 * The lines that are to be in the file and are not yet, in order, the first of them perhaps in part. What comes when there are more than can be
 * kept is counted, and told of in the place where it would have been.
 */
export class OwedLines {
  #bytes: Buffer = NONE;
  /** How much of the first line is in the file. */
  #written = 0;
  #dropped = 0;
  /** The last that was dropped. */
  #last: PrintkRecord | undefined;

  /** Whether there are any. */
  get any(): boolean {
    return this.#bytes.length > 0 || this.#dropped > 0;
  }

  /** Adds lines: the bytes of some records. */
  add(bytes: Buffer): void {
    this.#bytes = this.#bytes.length === 0 ? bytes : Buffer.concat([this.#bytes, bytes]);
  }

  /** Puts whole lines before all others. The file has nothing of the first of these then: see {@link beginAnew}. */
  putBefore(bytes: Buffer): void {
    this.#bytes = Buffer.concat([bytes, this.#bytes]);
  }

  /** How many bytes of a line that is not whole yet are in the file. */
  get cut(): number {
    return this.#written;
  }

  /** Whether so many bytes more would be too many. From the first that are, all are, lest there be several gaps. */
  overflows(length: number): boolean {
    return this.#dropped > 0 || (this.#bytes.length > 0 && this.#bytes.length + length > MOST);
  }

  drop(records: readonly PrintkRecord[]): void {
    this.#dropped += records.length;
    this.#last = records.at(-1) ?? this.#last;
  }

  /** Puts what was dropped, when there is nothing before it any more, as a line of the kernel's: as its console says it (kernel/printk/printk.c). */
  tellDropped(format: (record: PrintkRecord) => string): void {
    if (this.#bytes.length > 0 || this.#last === undefined) return;
    this.add(Buffer.from(format({ ...this.#last, text: `** ${this.#dropped} printk messages dropped **` })));
    this.#dropped = 0;
    this.#last = undefined;
  }

  /** What is to be written next; nothing when all is. */
  get rest(): Buffer {
    return this.#bytes.subarray(this.#written);
  }

  /** So many bytes of the rest are in the file. */
  wrote(count: number): void {
    const end = this.#written + count;
    const line = end === 0 ? 0 : this.#bytes.lastIndexOf(NEWLINE, end - 1) + 1;
    this.#bytes = line === this.#bytes.length ? NONE : this.#bytes.subarray(line);
    this.#written = end - line;
  }

  /** The file is another one: a line that is in part in the old one goes into this whole. */
  beginAnew(): void {
    this.#written = 0;
  }
}
