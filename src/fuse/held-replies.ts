/**
 * Replies that are held back for a while, as `delay` of the control file asks. The request has been carried out; only its caller waits,
 * and no other request does. A caller waiting for FUSE cannot be interrupted, not even killed, so a mount on its way out must let go
 * of all of them.
 */
export class HeldReplies {
  readonly #held = new Map<NodeJS.Timeout, () => void>();

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

  /** How many replies are held back. */
  get size(): number {
    return this.#held.size;
  }

  /** Sends every held reply now, and holds back none from now on: who has a file open may go on reading after the unmounting. */
  letGo(): void {
    this.#letGo = true;
    for (const [timer, reply] of this.#held) {
      clearTimeout(timer);
      this.#held.delete(timer);
      reply();
    }
  }
}
