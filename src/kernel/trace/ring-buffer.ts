import { DATA_SIZE, PAGE_HEADER, PAGE_SIZE, type PageEvent, SubBuffer } from './sub-buffer.ts';

/** Bits of the commit of a page that is read: events before it are lost; their number follows the events. The first is the sign of an int. */
const MISSED_EVENTS = -(2 ** 31);
const MISSED_STORED = 2 ** 30;
const LEAST_PAGES = 2;

/** Pages of a buffer of this number of bytes. Mirrors ring_buffer_resize(). */
export function pagesOf(bytes: number): number {
  return Math.max(LEAST_PAGES, Math.ceil(bytes / DATA_SIZE));
}

/**
 * The ring buffer of one CPU: pages that a writer fills, and one page that belongs to the reader. The reader takes the oldest page of the ring
 * and puts its own empty page into the ring. If the ring is full, the writer drops the oldest page (overwrite mode) or the new event.
 * Mirrors struct ring_buffer_per_cpu (kernel/trace/ring_buffer.c).
 */
export class CpuBuffer {
  /** Pages of the ring. The page of the reader is not among them. */
  #pages: number;
  /** The pages that were written, oldest first. The writer is on the last, or on the page of the reader if there is none. */
  #ring: SubBuffer[] = [];
  #reader = new SubBuffer();
  #writerOnReader = false;
  /** The time of the last event that was written, and that was read. */
  #written = 0n;
  #readStamp = 0n;
  /** Events: written, dropped by a full ring in overwrite mode, and read. */
  #entries = 0;
  overrun = 0;
  read = 0;
  /** Events that a full ring did not take. */
  dropped = 0;
  #bytes = 0;
  #lastOverrun = 0;
  /** Events that were lost before the page of the reader. */
  #lost = 0;
  #touched = 0;
  #pagesRead = 0;
  #pagesLost = 0;

  constructor(pages: number) {
    this.#pages = pages;
  }

  get pages(): number {
    return this.#pages;
  }

  /** Events that can be read. */
  get entries(): number {
    return this.#entries - this.overrun - this.read;
  }

  /** Bytes that can be read. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The time stamp of the oldest page. Mirrors ring_buffer_oldest_event_ts(). */
  get oldest(): bigint {
    return this.#writerOnReader ? this.#reader.timestamp : (this.#ring[0]?.timestamp ?? 0n);
  }

  /** Sets the number of pages. A smaller ring loses its oldest pages. */
  resize(pages: number): void {
    this.#pages = pages;
    while (this.#ring.length > pages) this.#dropOldest();
  }

  /** Empties the buffer, with its counters. Mirrors rb_reset_cpu(). */
  reset(): void {
    const fresh = new CpuBuffer(this.#pages);
    this.#ring = [];
    this.#reader = fresh.#reader;
    this.#writerOnReader = false;
    this.#written = this.#readStamp = 0n;
    this.#entries = this.overrun = this.read = this.dropped = 0;
    this.#bytes = this.#lastOverrun = this.#lost = this.#touched = this.#pagesRead = this.#pagesLost = 0;
  }

  /** Writes an event. Mirrors ring_buffer_lock_reserve() and ring_buffer_unlock_commit(). */
  write(data: Uint8Array, timestamp: bigint, overwrite: boolean): void {
    const delta = timestamp - this.#written;
    let page = this.#tail();
    if (page.room(data.length, delta) === undefined) {
      const next = this.#moveTail(page, overwrite);
      if (next === undefined) return;
      page = next;
    }
    const before = page.commit;
    page.add(data, timestamp, delta);
    this.#written = timestamp;
    this.#entries += 1;
    this.#bytes += page.commit - before;
  }

  #tail(): SubBuffer {
    if (this.#writerOnReader) return this.#reader;
    const last = this.#ring.at(-1);
    if (last !== undefined) return last;
    const first = new SubBuffer();
    this.#ring.push(first);
    return first;
  }

  /** The next page for the writer; undefined if the ring is full and may not lose its oldest page. Mirrors rb_move_tail(). */
  #moveTail(page: SubBuffer, overwrite: boolean): SubBuffer | undefined {
    const isFull = this.#ring.length >= this.#pages;
    this.#bytes += page.close();
    if (isFull && !overwrite) {
      this.dropped += 1;
      return undefined;
    }
    const dropped = isFull ? this.#dropOldest() : undefined;
    this.#writerOnReader = false;
    const next = dropped ?? new SubBuffer();
    next.clear();
    this.#ring.push(next);
    this.#touched += 1;
    return next;
  }

  /** Drops the oldest page, which the writer can use again. */
  #dropOldest(): SubBuffer | undefined {
    const oldest = this.#ring.shift();
    if (oldest === undefined) return undefined;
    this.overrun += oldest.entries;
    this.#bytes -= oldest.commit;
    this.#pagesLost += 1;
    return oldest;
  }

  /** The page with the next event; undefined if there is no event. Mirrors rb_get_reader_page(). */
  #readerPage(): SubBuffer | undefined {
    if (this.#reader.read >= this.#reader.commit) {
      if (this.#writerOnReader || this.entries === 0) return undefined;
      const oldest = this.#ring.shift();
      if (oldest === undefined) return undefined;
      this.#reader = oldest;
      this.#writerOnReader = this.#ring.length === 0;
      this.#pagesRead += 1;
      if (this.overrun !== this.#lastOverrun) {
        this.#lost = this.overrun - this.#lastOverrun;
        this.#lastOverrun = this.overrun;
      }
    }
    if (this.#reader.read === 0) this.#readStamp = this.#reader.timestamp;
    return this.#reader;
  }

  /** Passes over one item of the page of the reader. Mirrors rb_advance_reader(). */
  #advance(page: SubBuffer): void {
    const { size, delta, data } = page.item(page.read);
    this.#readStamp += delta;
    page.read += size;
    this.#bytes -= size;
    if (data !== undefined) this.read += 1;
  }

  /** Bytes that an event takes together with the time extend before it. Mirrors rb_event_ts_length(). */
  #sizeWithExtend(page: SubBuffer): number {
    const { size, isTimeExtend } = page.item(page.read);
    return isTimeExtend ? size + page.item(page.read + size).size : size;
  }

  /**
   * Takes a page as trace_pipe_raw shows it, of at most `length` bytes; undefined if there is no event or no room for one.
   * Mirrors ring_buffer_read_page().
   */
  readPage(length: number): Uint8Array | undefined {
    if (length <= PAGE_HEADER) return undefined;
    const page = this.#readerPage();
    if (page === undefined) return undefined;
    const out = new Uint8Array(PAGE_SIZE);
    const view = new DataView(out.buffer);
    const missed = this.#lost;
    let room = Math.min(length - PAGE_HEADER, DATA_SIZE);
    let timestamp: bigint;
    let size: number;
    if (page.read > 0 || room < page.commit || this.#writerOnReader) {
      if (room < this.#sizeWithExtend(page)) return undefined;
      timestamp = this.#readStamp;
      const from = page.read;
      room = Math.min(room, page.commit - from);
      do {
        const before = page.read;
        this.#advance(page);
        room -= page.read - before;
      } while (page.read < page.commit && room >= this.#sizeWithExtend(page));
      size = page.read - from;
      out.set(page.data.subarray(from, page.read), PAGE_HEADER);
    } else {
      timestamp = page.timestamp;
      size = page.realEnd > 0 ? page.realEnd : page.commit;
      out.set(page.data.subarray(0, size), PAGE_HEADER);
      this.read += page.entries;
      this.#bytes -= page.commit;
      page.clear();
    }
    this.#lost = 0;
    let commit = size;
    if (missed > 0) {
      if (DATA_SIZE - size >= 8) {
        view.setBigUint64(PAGE_HEADER + size, BigInt(missed), true);
        commit += MISSED_STORED;
      }
      commit += MISSED_EVENTS;
    }
    view.setBigUint64(0, timestamp, true);
    view.setBigInt64(8, BigInt(commit), true);
    return out;
  }

  /** The next event and the number of events that were lost before it; undefined if there is none. Mirrors ring_buffer_peek(). */
  peek(): { readonly event: PageEvent; readonly lost: number } | undefined {
    for (;;) {
      const page = this.#readerPage();
      if (page === undefined) return undefined;
      const { data, delta } = page.item(page.read);
      if (data !== undefined) return { event: { timestamp: this.#readStamp + delta, data }, lost: this.#lost };
      this.#advance(page);
    }
  }

  /** Takes the event that {@link peek} shows. Mirrors ring_buffer_consume(). */
  consume(): void {
    if (this.peek() === undefined) return;
    this.#lost = 0;
    this.#advance(this.#reader);
  }

  /** Every event that can be read, oldest first. */
  *events(): Generator<PageEvent> {
    if (this.#reader.read < this.#reader.commit) {
      yield* this.#reader.events(this.#reader.read, this.#reader.read === 0 ? this.#reader.timestamp : this.#readStamp);
    }
    for (const page of this.#ring) yield* page.events(0, page.timestamp);
  }

  /** Whether a reader that waits for `percent` of the buffer can go on. Mirrors rb_watermark_hit(). */
  watermarkHit(percent: number): boolean {
    if (this.entries === 0) return false;
    if (percent === 0) return true;
    if (this.#writerOnReader) return false;
    const dirty = Math.max(0, this.#touched - this.#pagesLost - this.#pagesRead);
    return (dirty + 1) * 100 >= percent * this.#pages;
  }
}
