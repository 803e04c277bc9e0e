import type { PrintkRecord } from '../../kernel/effect.ts';

/** Most bytes that are kept for a file that cannot be written: several hundred times what a panic prints. */
const MOST = 1_048_576;
const NEWLINE = 0x0a;
const NONE = Buffer.alloc(0);

/**
 * The pending lines: those that belong in the file and are not in it, in order, the first of them perhaps in part. Those beyond MOST are
 * dropped and counted. A line in their place says how many.
 */
export class PendingLines {
  #bytes: Buffer = NONE;
  /** How much of the first line is in the file. */
  #written = 0;
  #dropped = 0;
  /** The last record that was dropped. */
  #lastDropped: PrintkRecord | undefined;

  get any(): boolean {
    return this.#bytes.length > 0 || this.#dropped > 0;
  }

  /** Adds the lines of some records. */
  add(bytes: Buffer): void {
    this.#bytes = this.#bytes.length === 0 ? bytes : Buffer.concat([this.#bytes, bytes]);
  }

  /** Puts whole lines before all others. The file has nothing of the first of these then: see {@link restart}. */
  putBefore(bytes: Buffer): void {
    this.#bytes = Buffer.concat([bytes, this.#bytes]);
  }

  /** How many bytes of a line that is not whole are in the file. */
  get cut(): number {
    return this.#written;
  }

  /** Whether `length` more bytes would be too many. After the first record that is dropped all are, so that there is one gap. */
  overflows(length: number): boolean {
    return this.#dropped > 0 || (this.#bytes.length > 0 && this.#bytes.length + length > MOST);
  }

  drop(records: readonly PrintkRecord[]): void {
    this.#dropped += records.length;
    this.#lastDropped = records.at(-1) ?? this.#lastDropped;
  }

  /**
   * Adds the line that counts what was dropped, once nothing is pending before it: as the kernel's console prints it
   * (kernel/printk/printk.c).
   */
  reportDropped(format: (record: PrintkRecord) => string): void {
    if (this.#bytes.length > 0 || this.#lastDropped === undefined) return;
    this.add(Buffer.from(format({ ...this.#lastDropped, text: `** ${this.#dropped} printk messages dropped **` })));
    this.#dropped = 0;
    this.#lastDropped = undefined;
  }

  /** What is to be written next; nothing when all is written. */
  get rest(): Buffer {
    return this.#bytes.subarray(this.#written);
  }

  /** The next `count` bytes of the rest are in the file. */
  wrote(count: number): void {
    const end = this.#written + count;
    const line = end === 0 ? 0 : this.#bytes.lastIndexOf(NEWLINE, end - 1) + 1;
    this.#bytes = line === this.#bytes.length ? NONE : this.#bytes.subarray(line);
    this.#written = end - line;
  }

  /** The file is another one: a line that is in part in the old one goes into this one whole. */
  restart(): void {
    this.#written = 0;
  }
}
