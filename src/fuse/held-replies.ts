import type { LongWork } from './filesystem.ts';

/**
 * Replies that are held back for a while, as `delay` of the control file asks. The request has been carried out; only its caller waits,
 * and no other request does. A caller waiting for FUSE cannot be interrupted, not even killed, so a mount on its way out must let go
 * of all of them. So are those of operations that take long: between two slices of one, others are served.
 */
export class HeldReplies {
  readonly #held = new Map<NodeJS.Timeout, () => void>();

  /** What stops each of the works under way, and sends its reply. */
  readonly #working = new Set<() => void>();

  #letGo = false;

  /** Calls `reply` after so many milliseconds; at once for 0, and once everything has been let go of. */
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

  /** Goes on with a work until it is done, and calls `done` with its answer. */
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

  /** How many replies are held back. */
  get size(): number {
    return this.#held.size + this.#working.size;
  }

  /** Sends every held reply now, and holds back none from now on: who has a file open may go on reading after the unmounting. */
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
