// One page of the ring buffer, in the kernel's binary format: u64 time stamp, u64 commit (bytes of data), then events. An event is a word with
// type_len (5 bits) and time_delta (27 bits), and data. Source: struct buffer_data_page and struct ring_buffer_event (ring_buffer.c).

/** Bytes of a page, of its header, and of its data. */
export const PAGE_SIZE = 4096;
export const PAGE_HEADER = 16;
export const DATA_SIZE = PAGE_SIZE - PAGE_HEADER;

/** Values of type_len beyond those of data. */
const TYPE = { padding: 29, timeExtend: 30 } as const;
const TYPE_BITS = 5;
const TYPE_MASK = (1 << TYPE_BITS) - 1;
/** RB_EVNT_HDR_SIZE, RB_ALIGNMENT, RB_EVNT_MIN_SIZE and RB_LEN_TIME_EXTEND. */
const EVENT_HEADER = 4;
const ALIGNMENT = 4;
const LEAST_EVENT = 8;
const TIME_EXTEND = 8;
/** RB_MAX_SMALL_DATA: longer data has its length in a word before it. */
const MAX_SMALL_DATA = 28 * ALIGNMENT;
/** TS_SHIFT: a longer time since the last event needs a time extend. */
const DELTA_BITS = 27n;
const DELTA_MASK = (1n << DELTA_BITS) - 1n;
/** The longest data that fits on a page. */
export const MAX_EVENT_DATA = DATA_SIZE - EVENT_HEADER - 4;

/** An event on a page: its time, and its data, which lies in the page itself. */
export interface PageEvent {
  readonly timestamp: bigint;
  readonly data: Uint8Array;
}

/** What stands at a position of a page. */
interface Item {
  /** Bytes that it takes, with its header. */
  readonly size: number;
  /** Time since the item before it. */
  readonly delta: bigint;
  /** The data of an event; undefined for padding and for a time extend. */
  readonly data: Uint8Array | undefined;
  readonly isTimeExtend: boolean;
}

/** Bytes that an event with `length` bytes of data takes. Mirrors rb_calculate_event_length(). */
export function eventSize(length: number): number {
  const size = Math.max(1, length) + (length > MAX_SMALL_DATA ? 4 : 0) + EVENT_HEADER;
  const aligned = Math.ceil(size / ALIGNMENT) * ALIGNMENT;
  return aligned === TIME_EXTEND + ALIGNMENT ? aligned + ALIGNMENT : aligned;
}

/** A page that the writer fills, and a reader empties. */
export class SubBuffer {
  readonly data = new Uint8Array(DATA_SIZE);
  readonly #view = new DataView(this.data.buffer);
  /** The time of its first event. */
  timestamp = 0n;
  /** Bytes that are written, padding included. */
  commit = 0;
  /** Where the events end, if padding follows them; 0 if none does. */
  realEnd = 0;
  /** Events on it. */
  entries = 0;
  /** Bytes that a reader has taken. */
  read = 0;

  /** Bytes that the next event takes on this page at a time `delta` after the last; undefined if it does not fit. */
  room(length: number, delta: bigint): number | undefined {
    const size = eventSize(length) + (this.commit > 0 && delta > DELTA_MASK ? TIME_EXTEND : 0);
    return this.commit + size <= DATA_SIZE ? size : undefined;
  }

  /** Adds an event, for which there is room. `delta` is the time since the last event. Mirrors __rb_reserve_next() and rb_update_event(). */
  add(data: Uint8Array, timestamp: bigint, delta: bigint): void {
    let at = this.commit;
    let since = delta;
    if (at === 0) {
      this.timestamp = timestamp;
      since = 0n;
    } else if (since > DELTA_MASK) {
      this.#view.setUint32(at, header(TYPE.timeExtend, since & DELTA_MASK), true);
      this.#view.setUint32(at + EVENT_HEADER, Number(BigInt.asUintN(32, since >> DELTA_BITS)), true);
      at += TIME_EXTEND;
      since = 0n;
    }
    const size = eventSize(data.length);
    const length = size - EVENT_HEADER;
    const isLong = length > MAX_SMALL_DATA;
    this.#view.setUint32(at, header(isLong ? 0 : length / ALIGNMENT, since), true);
    if (isLong) this.#view.setUint32(at + EVENT_HEADER, length, true);
    this.data.set(data, at + EVENT_HEADER + (isLong ? 4 : 0));
    this.commit = at + size;
    this.entries += 1;
  }

  /** Closes the page: what is left becomes padding. Returns the bytes of it that count as written. Mirrors rb_reset_tail(). */
  close(): number {
    const left = DATA_SIZE - this.commit;
    if (left === 0) return 0;
    this.realEnd = this.commit;
    if (left < LEAST_EVENT) {
      // Mirrors rb_event_set_padding().
      if (left >= EVENT_HEADER) this.#view.setUint32(this.commit, header(TYPE.padding, 0n), true);
      return 0;
    }
    this.#view.setUint32(this.commit, header(TYPE.padding, 1n), true);
    this.#view.setUint32(this.commit + EVENT_HEADER, left - EVENT_HEADER, true);
    this.commit = DATA_SIZE;
    return left;
  }

  /** Empties the page for the writer. */
  clear(): void {
    this.timestamp = 0n;
    this.commit = 0;
    this.realEnd = 0;
    this.entries = 0;
    this.read = 0;
  }

  /** What stands at a position before `commit`. */
  item(at: number): Item {
    const word = this.#view.getUint32(at, true);
    const type = word & TYPE_MASK;
    const delta = BigInt(word >>> TYPE_BITS);
    const array = at + EVENT_HEADER < DATA_SIZE ? this.#view.getUint32(at + EVENT_HEADER, true) : 0;
    if (type === TYPE.padding) return { size: array + EVENT_HEADER, delta, data: undefined, isTimeExtend: false };
    if (type === TYPE.timeExtend) return { size: TIME_EXTEND, delta: (BigInt(array) << DELTA_BITS) | delta, data: undefined, isTimeExtend: true };
    const from = at + EVENT_HEADER + (type === 0 ? 4 : 0);
    const size = EVENT_HEADER + (type === 0 ? array : type * ALIGNMENT);
    return { size, delta, data: this.data.subarray(from, at + size), isTimeExtend: false };
  }

  /** The events from a position on, each with the time, where `last` is the time of what comes before the position. */
  *events(from: number, last: bigint): Generator<PageEvent> {
    let timestamp = last;
    const end = this.realEnd > 0 ? this.realEnd : this.commit;
    for (let at = from; at < end;) {
      const { size, delta, data } = this.item(at);
      timestamp += delta;
      if (data !== undefined) yield { timestamp, data };
      at += size;
    }
  }
}

function header(type: number, delta: bigint): number {
  return ((Number(delta) << TYPE_BITS) | type) >>> 0;
}
