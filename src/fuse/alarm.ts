/** Longest time setTimeout() takes, in ms. */
const LONGEST_TIMEOUT = 2 ** 31 - 1;

/**
 * An alarm clock for one time: the one that was set last. If that time is too far away for a timer, it rings earlier, and its owner sets it
 * again. It does not keep the program running.
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
