// The log of the kernel: its buffer, /dev/kmsg, and the formats in which a record is shown. The folder imports abi/ and, of the kernel,
// kernel.ts, effect.ts, kstrtoull.ts, ratelimit.ts and sysctl/ctl-table.ts. Start at PrintkRingBuffer below; devkmsg.ts reads and writes it,
// log-format.ts and extended-record.ts print records. Kernel.printk() adds them.
import type { PrintkRecord } from '../effect.ts';

/**
 * The bytes of text and the number of records that fit in the buffer: CONFIG_LOG_BUF_SHIFT=17, a descriptor for 32 bytes of text each
 * (PRB_AVGBITS).
 */
const TEXT_BYTES = 2 ** 17;
const DESCRIPTORS = TEXT_BYTES / 2 ** 5;
/** Bytes of a text besides itself: its id, and padding to a multiple of 8. `struct prb_data_block`. */
const ID_BYTES = 8;

function spaceOf({ text }: PrintkRecord): number {
  return ID_BYTES + ((text.length + 7) & ~7);
}

/**
 * The kernel's log buffer: the last records of this boot, numbered. A full buffer drops the oldest records. Mirrors
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

  /** The number of the first record in the buffer, or of the next if it is empty. Mirrors prb_first_valid_seq(). */
  get first(): number {
    return this.#first;
  }

  /** One more than the number of the last record that can be read. Mirrors prb_next_seq(). */
  get next(): number {
    return this.#unfinished ? this.#end - 1 : this.#end;
  }

  /** The number that the next record gets. */
  get end(): number {
    return this.#end;
  }

  /**
   * Adds a record with the number {@link end}. A record that is not finished, because its text had no newline, can be read only when the
   * next is added, which finishes it.
   */
  add(record: PrintkRecord, finished: boolean): void {
    this.#used += spaceOf(record);
    while (this.#end - this.#first === DESCRIPTORS || this.#used > TEXT_BYTES) this.#dropFirst();
    this.#records[this.#end % DESCRIPTORS] = record;
    this.#end += 1;
    this.#unfinished = !finished;
  }

  /** The record of this number, or the first in the buffer if that is gone; undefined if there is none yet. Mirrors prb_read_valid(). */
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
