import { ERRNO } from '../../abi/errno.ts';
import { FUSE_NOTIFY, FUSE_NOTIFY_POLL_WAKEUP_OUT } from '../../abi/fuse-protocol.ts';
import { HELD_BYTES } from '../../abi/limits.ts';
import { BLOCKS, type LongWork } from '../filesystem.ts';
import { notification } from './reply.ts';

/** Tries to answer a read: how many bytes were written into the reply, or a negative errno; BLOCKS if it must wait on. */
type Attempt = () => number | typeof BLOCKS;

/** A request that waits, and the task that waits for its reply; 0: it is not known. */
interface Waiter {
  readonly pid: number;
}

interface Held extends Waiter {
  readonly due: number;
  readonly answer: Uint8Array;
}

interface Blocked extends Waiter {
  readonly attempt: Attempt;
}

interface Working extends Waiter {
  readonly work: LongWork;
  /** Uses the answer: how many bytes were written into the reply, or a negative errno. Undefined: there is no reply, or it comes later. */
  readonly done: (answer: number) => number | undefined;
}

/** A request that must wait; its reply needs the number. */
export interface WaitingRequest extends Waiter {
  readonly unique: number;
}

interface Poller {
  readonly kernelHandle: number;
  readonly ready: () => boolean;
}

export interface WaitingOptions {
  /** Sends the first `length` bytes to Linux. They are valid only during the call. */
  readonly send: (bytes: Uint8Array, length: number) => void;
  /** Answers a request with the bytes in the reply, or with a negative errno. */
  readonly answer: (unique: number, result: number) => void;
  /** Whether a signal that ends a wait is pending for a task. */
  readonly signalEndsWait: (pid: number) => boolean;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
}

/** How often the signals of an interrupted task are looked at, in milliseconds. */
const LOOK_EVERY = 20;

/**
 * The requests that have no reply so far: those that are done and whose replies are held back, as `delay` of the control file asks; reads
 * for which there is no data; and writes that take long. Only their callers wait for them. A signal ends each with EINTR, unless it is one
 * after which Linux continues a system call. Besides, the polls that want a notification when there is data.
 */
export class Waiting {
  readonly #options: WaitingOptions;
  readonly #held = new Map<number, Held>();
  readonly #blocked = new Map<number, Blocked>();
  readonly #working = new Map<number, Working>();
  readonly #pollers = new Map<number, Poller>();
  /** The requests that a signal interrupted but did not end. Linux reports no second signal, so these tasks are looked at. */
  readonly #interrupted = new Set<number>();
  #nextLook = 0;
  #heldBytes = 0;
  #letGo = false;

  constructor(options: WaitingOptions) {
    this.#options = options;
  }

  /** When the next held reply is due, or the next look at an interrupted task; Infinity if there is none. */
  get due(): number {
    let due = this.#interrupted.size > 0 ? this.#nextLook : Infinity;
    if (this.#held.size > 0) for (const held of this.#held.values()) due = Math.min(due, held.due);
    return due;
  }

  /**
   * Sends a reply, the first `length` bytes, after `milliseconds`. Sends it at once for 0, if there is no space to hold it (HELD_BYTES),
   * and always at once after letGo().
   */
  hold({ unique, pid }: WaitingRequest, milliseconds: number, bytes: Uint8Array, length: number): void {
    if (milliseconds <= 0 || this.#letGo || this.#heldBytes + length > HELD_BYTES) {
      this.#options.send(bytes, length);
      return;
    }
    // A copy: the next reply uses the same buffer.
    this.#held.set(unique, { pid, due: this.#options.now() + milliseconds, answer: new Uint8Array(bytes.subarray(0, length)) });
    this.#heldBytes += length;
  }

  /** Makes a read wait until `attempt` has an answer. */
  block({ unique, pid }: WaitingRequest, attempt: Attempt): void {
    this.#blocked.set(unique, { pid, attempt });
  }

  /** Whether a long operation is in progress. */
  get busy(): boolean {
    return this.#working.size > 0;
  }

  /** Answers a request when its long operation is done. {@link proceed} continues the operation. */
  work({ unique, pid }: WaitingRequest, work: LongWork, done: Working['done']): void {
    this.#working.set(unique, { pid, work, done });
  }

  /** Does a slice of every long operation, and ends the requests whose tasks got a signal that ends a wait. */
  proceed(): void {
    if (this.#interrupted.size > 0) this.#lookAtInterrupted();
    if (this.#working.size === 0) return;
    for (const [unique, { work }] of this.#working) {
      const answer = work.proceed();
      if (answer !== undefined) this.#finish(unique, answer);
    }
  }

  /** Notifies the poll of an open file, once, when it is ready. */
  poll(handle: number, kernelHandle: number, ready: () => boolean): void {
    this.#pollers.set(handle, { kernelHandle, ready });
  }

  /** Ends the requests that wait on a file that was closed. */
  released(handle: number): void {
    if (this.#pollers.size > 0) this.#pollers.delete(handle);
  }

  /** A signal has come for the task that waits for a reply. Linux says this once for each request. */
  interrupt(unique: number): void {
    const waiter = this.#waiter(unique);
    if (waiter === undefined) return;
    if (this.#options.signalEndsWait(waiter.pid)) {
      this.#end(unique);
      return;
    }
    this.#interrupted.add(unique);
    this.#nextLook = this.#options.now() + LOOK_EVERY;
  }

  /** Tries every waiting read again. It is called after each request, because each may have brought data. */
  retry(): void {
    if (this.#blocked.size > 0) {
      for (const [unique, { attempt }] of this.#blocked) {
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

  /** Sends the replies that are due. */
  elapsed(): void {
    const now = this.#options.now();
    for (const [unique, { due, answer }] of this.#held) if (due <= now) this.#sendHeld(unique, answer);
  }

  /** Stops every long operation, sends every held reply now, and holds back none from now on. */
  letGo(): void {
    this.#letGo = true;
    for (const [unique, { work }] of this.#working) this.#finish(unique, work.stop());
    for (const [unique, { answer }] of this.#held) this.#sendHeld(unique, answer);
  }

  #waiter(unique: number): Waiter | undefined {
    return this.#working.get(unique) ?? this.#held.get(unique) ?? this.#blocked.get(unique);
  }

  #lookAtInterrupted(): void {
    const now = this.#options.now();
    if (now < this.#nextLook) return;
    this.#nextLook = now + LOOK_EVERY;
    for (const unique of this.#interrupted) {
      const waiter = this.#waiter(unique);
      if (waiter === undefined) this.#interrupted.delete(unique);
      else if (this.#options.signalEndsWait(waiter.pid)) this.#end(unique);
    }
  }

  /** Ends a request that waits with EINTR. */
  #end(unique: number): void {
    this.#interrupted.delete(unique);
    const working = this.#working.get(unique);
    if (working) this.#finish(unique, working.work.stop());
    else if (this.#forget(unique) || this.#blocked.delete(unique)) this.#options.answer(unique, -ERRNO.EINTR);
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

  /** Removes a held reply. Returns whether there was one. */
  #forget(unique: number): boolean {
    this.#heldBytes -= this.#held.get(unique)?.answer.length ?? 0;
    return this.#held.delete(unique);
  }
}
