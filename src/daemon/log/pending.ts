import type { PrintkRecord } from '../../kernel/effect.ts';

/** The most bytes that are kept for a file that cannot be written: several hundred times the text of a panic. */
const MOST = 1_048_576;
const NEWLINE = 0x0a;
const NONE = Buffer.alloc(0);

/**
 * The pending lines, in order: those that belong in the file and are not in it. A part of the first may be in it. Lines beyond MOST are
 * dropped and counted. A line in their place has the count.
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

  /** Puts whole lines before all others. The file must not have a part of the first: see {@link restart}. */
  putBefore(bytes: Buffer): void {
    this.#bytes = Buffer.concat([bytes, this.#bytes]);
  }

  /** How many bytes of an incomplete line are in the file. */
  get cut(): number {
    return this.#written;
  }

  /** Whether `length` more bytes would be too many. After the first dropped record all are dropped, so that there is one gap. */
  overflows(length: number): boolean {
    return this.#dropped > 0 || (this.#bytes.length > 0 && this.#bytes.length + length > MOST);
  }

  drop(records: readonly PrintkRecord[]): void {
    this.#dropped += records.length;
    this.#lastDropped = records.at(-1) ?? this.#lastDropped;
  }

  /**
   * Adds the line that counts the dropped records, when nothing else is pending. The kernel's console prints the same line
   * (kernel/printk/printk.c).
   */
  reportDropped(format: (record: PrintkRecord) => string): void {
    if (this.#bytes.length > 0 || this.#lastDropped === undefined) return;
    this.add(Buffer.from(format({ ...this.#lastDropped, text: `** ${this.#dropped} printk messages dropped **` })));
    this.#dropped = 0;
    this.#lastDropped = undefined;
  }

  /** The bytes to write next; none when all are written. */
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

  /** The log has a new file: a line of which the old file has a part goes into the new one whole. */
  restart(): void {
    this.#written = 0;
  }
}
