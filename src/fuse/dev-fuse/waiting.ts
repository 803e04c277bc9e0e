import { ERRNO } from '../../abi/errno.ts';
import { FUSE_NOTIFY, FUSE_NOTIFY_POLL_WAKEUP_OUT } from '../../abi/fuse-protocol.ts';
import { HELD_BYTES } from '../../abi/limits.ts';
import { BLOCKS, type LongWork } from '../filesystem.ts';
import { notification } from './reply.ts';

/** Has a request been answered; otherwise it goes on waiting. */
type Attempt = () => number | typeof BLOCKS;

interface Held {
  readonly due: number;
  readonly answer: Uint8Array;
}

interface Working {
  readonly work: LongWork;
  /** What is done with the answer: how many bytes were put down, or a negative errno; undefined where no answer is due, or it comes later. */
  readonly done: (answer: number) => number | undefined;
}

interface Poller {
  readonly kernelHandle: number;
  readonly ready: () => boolean;
}

export interface WaitingOptions {
  /** Sends the first `length` bytes to Linux; they are good for the call only. */
  readonly send: (bytes: Uint8Array, length: number) => void;
  /** Answers a request with what was put down, or with a negative errno. */
  readonly answer: (unique: number, result: number) => void;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
}

/**
 * The requests that are not answered yet: those that have been carried out and whose answers are held back, as `delay` of the control file
 * asks, reads for which there is nothing to read, and writes that take long. Nobody else waits for them. A signal ends each with EINTR. Beside them, the
 * polls that want to be told when there is something.
 */
export class Waiting {
  readonly #options: WaitingOptions;
  readonly #held = new Map<number, Held>();
  readonly #blocked = new Map<number, Attempt>();
  readonly #working = new Map<number, Working>();
  readonly #pollers = new Map<number, Poller>();
  #heldBytes = 0;
  #letGo = false;

  constructor(options: WaitingOptions) {
    this.#options = options;
  }

  /** When the next held answer is due; Infinity when there is none. */
  get due(): number {
    let due = Infinity;
    if (this.#held.size > 0) for (const held of this.#held.values()) due = Math.min(due, held.due);
    return due;
  }

  /**
   * Sends an answer, the first `length` bytes, after so many milliseconds; at once for 0, where there is no room to keep it (HELD_BYTES), and once
   * everything has been let go of.
   */
  hold(unique: number, milliseconds: number, bytes: Uint8Array, length: number): void {
    if (milliseconds <= 0 || this.#letGo || this.#heldBytes + length > HELD_BYTES) {
      this.#options.send(bytes, length);
      return;
    }
    // A copy: what is answered next is put together in the same place.
    this.#held.set(unique, { due: this.#options.now() + milliseconds, answer: new Uint8Array(bytes.subarray(0, length)) });
    this.#heldBytes += length;
  }

  /** Keeps a read waiting until `attempt` comes to something. */
  block(unique: number, attempt: Attempt): void {
    this.#blocked.set(unique, attempt);
  }

  /** Whether there is a work to go on with. */
  get busy(): boolean {
    return this.#working.size > 0;
  }

  /** Answers a request when a work is done, which goes on when {@link proceed} is called. */
  work(unique: number, work: LongWork, done: Working['done']): void {
    this.#working.set(unique, { work, done });
  }

  /** Goes on with every work for a while. */
  proceed(): void {
    for (const [unique, { work }] of this.#working) {
      const answer = work.proceed();
      if (answer !== undefined) this.#finish(unique, answer);
    }
  }

  /** Tells the poll of an open file, once, when it is ready. */
  poll(handle: number, kernelHandle: number, ready: () => boolean): void {
    this.#pollers.set(handle, { kernelHandle, ready });
  }

  /** Ends what waits on an open file that is no more. */
  released(handle: number): void {
    this.#pollers.delete(handle);
  }

  /** A signal has come for the task that waits for an answer. */
  interrupt(unique: number): void {
    const working = this.#working.get(unique);
    if (working) this.#finish(unique, working.work.stop());
    else if (this.#forget(unique) || this.#blocked.delete(unique)) this.#options.answer(unique, -ERRNO.EINTR);
  }

  /** Asks everything again that waits for something to read: done after each request, any of which may have brought something. */
  retry(): void {
    if (this.#blocked.size > 0) {
      for (const [unique, attempt] of this.#blocked) {
        const result = attempt();
        if (result === BLOCKS) continue;
        this.#blocked.delete(unique);
        this.#options.answer(unique, result);
      }
    }
    if (this.#pollers.size > 0) {
      for (const [handle, { kernelHandle, ready }] of this.#pollers) {
        if (!ready()) continue;
        this.#pollers.delete(handle);
        const { bytes, put } = notification(FUSE_NOTIFY.POLL, FUSE_NOTIFY_POLL_WAKEUP_OUT.size);
        put(FUSE_NOTIFY_POLL_WAKEUP_OUT.fields.kh, kernelHandle);
        this.#options.send(bytes, bytes.length);
      }
    }
  }

  /** Sends the answers whose time is up. */
  elapsed(): void {
    const now = this.#options.now();
    for (const [unique, { due, answer }] of this.#held) if (due <= now) this.#sendHeld(unique, answer);
  }

  /** Stops every work, sends every held answer now, and holds back none from now on. */
  letGo(): void {
    this.#letGo = true;
    for (const [unique, { work }] of this.#working) this.#finish(unique, work.stop());
    for (const [unique, { answer }] of this.#held) this.#sendHeld(unique, answer);
  }

  #finish(unique: number, answer: number): void {
    const working = this.#working.get(unique);
    this.#working.delete(unique);
    const result = working?.done(answer);
    if (result !== undefined) this.#options.answer(unique, result);
  }

  #sendHeld(unique: number, answer: Uint8Array): void {
    this.#forget(unique);
    this.#options.send(answer, answer.length);
  }

  /** Holds an answer back no more; whether it was. */
  #forget(unique: number): boolean {
    this.#heldBytes -= this.#held.get(unique)?.answer.length ?? 0;
    return this.#held.delete(unique);
  }
}
