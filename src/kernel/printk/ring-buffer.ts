// The log of the kernel: its buffer, /dev/kmsg, and the formats in which a record is shown. The folder imports abi/ and, of the kernel,
// kernel.ts, effect.ts, ratelimit.ts and sysctl/latin1.ts. Start at PrintkRingBuffer below; devkmsg.ts reads and writes it,
// log-format.ts and extended-record.ts print records. Kernel.printk() adds them.
import type { PrintkRecord } from '../effect.ts';

/** Bytes of text and number of records the buffer has room for: CONFIG_LOG_BUF_SHIFT=17, a descriptor for 32 bytes of text each (PRB_AVGBITS). */
const TEXT_BYTES = 2 ** 17;
const DESCRIPTORS = TEXT_BYTES / 2 ** 5;
/** What a text takes besides itself: its id, and what it is short of a multiple of 8. `struct prb_data_block`. */
const ID_BYTES = 8;

function spaceOf({ text }: PrintkRecord): number {
  return ID_BYTES + ((text.length + 7) & ~7);
}

/**
 * The kernel's log buffer: the last records of this boot, numbered. What it has no room for any more is gone, oldest first. Mirrors
 * struct printk_ringbuffer (kernel/printk/printk_ringbuffer.c); a text counts by its UTF-16 units.
 */
export class PrintkRingBuffer {
  readonly #records: (PrintkRecord | undefined)[] = [];
  #first = 0;
  #end = 0;
  #used = 0;
  #unfinished = false;

  /** Empties the buffer, and numbers from 0 again. */
  boot(): void {
    this.#records.length = 0;
    this.#first = 0;
    this.#end = 0;
    this.#used = 0;
    this.#unfinished = false;
  }

  /** The number of the first record there is, or will be. Mirrors prb_first_valid_seq(). */
  get first(): number {
    return this.#first;
  }

  /** The number of the record that can be read next after all there are. Mirrors prb_next_seq(). */
  get next(): number {
    return this.#unfinished ? this.#end - 1 : this.#end;
  }

  /** The number that the next record gets. */
  get end(): number {
    return this.#end;
  }

  /**
   * Adds a record, which bears the number {@link end}. One that is not finished, since its text had no newline, can only be read when the
   * next is added, which finishes it.
   */
  add(record: PrintkRecord, finished: boolean): void {
    this.#used += spaceOf(record);
    while (this.#end - this.#first === DESCRIPTORS || this.#used > TEXT_BYTES) this.#dropFirst();
    this.#records[this.#end % DESCRIPTORS] = record;
    this.#end += 1;
    this.#unfinished = !finished;
  }

  /** The record of this number, or the first there is where that is gone; undefined when there is none yet. Mirrors prb_read_valid(). */
  from(sequence: number): PrintkRecord | undefined {
    const number = Math.max(sequence, this.#first);
    return number < this.next ? this.#records[number % DESCRIPTORS] : undefined;
  }

  #dropFirst(): void {
    const oldest = this.#records[this.#first % DESCRIPTORS];
    if (oldest !== undefined) this.#used -= spaceOf(oldest);
    this.#first += 1;
  }
}
