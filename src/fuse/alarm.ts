/** Longest time setTimeout() takes, in ms. */
const LONGEST_TIMEOUT = 2 ** 31 - 1;

/**
 * An alarm clock that is set for one time, the last it was told. Of a time too far off for a timer it rings before, and whoever hears it has
 * to set it again. It does not keep the program running.
 */
export class Alarm {
  readonly #ring: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(ring: () => void) {
    this.#ring = ring;
  }

  set(milliseconds: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#ring, Math.min(milliseconds, LONGEST_TIMEOUT)).unref();
  }

  clear(): void {
    clearTimeout(this.#timer);
  }
}
