import { grouped, shortSize } from '../../../replay/report/words.ts';

const EVERY_MS = 200;
const BAR = 24;
const CLEAR = '\r\x1b[K';

/**
 * A line on a terminal that shows the progress. It appears after a second, so that short runs stay quiet. A library for progress bars would
 * be larger than this file, and the available ones had no release for years.
 */
export class Progress {
  readonly #write: (text: string) => void;
  readonly #total: number | undefined;
  readonly #now: () => number;
  readonly #begun: number;
  #last: number;
  #done = 0;
  #shown = false;

  /** `total`: bytes to read; undefined if unknown. `now` in milliseconds. */
  constructor(write: (text: string) => void, total: number | undefined, now: () => number) {
    this.#write = write;
    this.#total = total;
    this.#now = now;
    this.#begun = now();
    this.#last = this.#begun + 1000 - EVERY_MS;
  }

  add(bytes: number, events: number): void {
    this.#done += bytes;
    const now = this.#now();
    if (now - this.#last < EVERY_MS) return;
    this.#last = now;
    this.#shown = true;
    this.#write(`${CLEAR}${this.#line((now - this.#begun) / 1000, events)}`);
  }

  /** Removes the line. */
  end(): void {
    if (this.#shown) this.#write(CLEAR);
    this.#shown = false;
  }

  #line(seconds: number, events: number): string {
    const done = this.#done;
    const total = this.#total;
    const read = `${shortSize(done)}${total === undefined ? '' : ` of ${shortSize(total)}`}, ${grouped(events)} found, ${shortSize(Math.round(done / seconds))}/s`;
    if (total === undefined || total === 0) return read;
    const share = Math.min(1, done / total);
    const full = Math.round(share * BAR);
    const left = share > 0 ? `, ${Math.ceil((seconds / share) * (1 - share))} s left` : '';
    return `[${'#'.repeat(full)}${'-'.repeat(BAR - full)}] ${String(Math.floor(share * 100)).padStart(3)} % ${read}${left}`;
  }
}
