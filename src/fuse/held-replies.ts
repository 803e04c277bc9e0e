import type { LongWork } from './filesystem.ts';

/**
 * Replies that are held back for a while, as `delay` of the control file asks. The operation is done, and only its caller waits. A caller
 * that waits for libfuse cannot be interrupted, not even killed, so a mount that ends must send all replies. Operations that take long are
 * here too: between two slices of one, others are served.
 */
export class HeldReplies {
  readonly #held = new Map<NodeJS.Timeout, () => void>();

  /** For each operation in progress: what stops it and sends its reply. */
  readonly #working = new Set<() => void>();

  #letGo = false;

  /** Calls `reply` after `milliseconds`. Calls it at once for 0, and always at once after letGo(). */
  after(milliseconds: number, reply: () => void): void {
    if (milliseconds <= 0 || this.#letGo) {
      reply();
      return;
    }
    const timer = setTimeout(() => {
      this.#held.delete(timer);
      reply();
    }, milliseconds);
    this.#held.set(timer, reply);
  }

  /** Continues an operation until it is done, and calls `done` with its answer. */
  whenDone(work: LongWork, done: (answer: number) => void): void {
    const stop = (): void => {
      clearImmediate(next);
      this.#working.delete(stop);
      done(work.stop());
    };
    const proceed = (): void => {
      const answer = work.proceed();
      if (answer === undefined) {
        next = setImmediate(proceed);
        return;
      }
      this.#working.delete(stop);
      done(answer);
    };
    let next = setImmediate(proceed);
    if (this.#letGo) stop();
    else this.#working.add(stop);
  }

  /** The number of replies that are held back. */
  get size(): number {
    return this.#held.size + this.#working.size;
  }

  /** Sends every held reply now, and holds back none from now on. A program with an open file may still read after the mount ends. */
  letGo(): void {
    this.#letGo = true;
    for (const stop of this.#working) stop();
    for (const [timer, reply] of this.#held) {
      clearTimeout(timer);
      this.#held.delete(timer);
      reply();
    }
  }
}
