import { once } from 'node:events';
import { statfsSync, writeSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { Alarm } from '../alarm.ts';
import { ServiceError, type ServiceSource } from '../service.ts';
import { TransportError } from '../transport.ts';
import { type Order, type ServingThreadData, type ServingThreadMessage, WAKE_ONLY } from './serving-thread-messages.ts';
import { wakeMessage } from './wake-node.ts';

/**
 * A thread that can serve a mount. It loads the module of its service, and waits for the rest (ServingThreadData). It can be made before
 * the rest is known, so that it loads meanwhile.
 */
export function newServingWorker(module: string): Worker {
  // The compiled module is beside this one.
  return new Worker(new URL('serving-thread.js', import.meta.url), { workerData: module });
}

/** The errors for a wake message if Linux has forgotten the node, or the mount has ended. ENOMEM is temporary. */
const UNKNOWN_NODE: readonly (string | undefined)[] = ['ENOENT', 'ENODEV', 'ENOTCONN', 'ECONNABORTED', 'EPERM', 'ENOMEM'];

interface ServingThreadOptions {
  readonly source: ServiceSource;
  /** The name of the thread's own node in the root of the mount. */
  readonly wakeName: string;
  /** A thread made by newServingWorker() for a service of the same module. Absent: one is made. */
  readonly worker?: Worker | undefined;
  /** Receives what the service reports. */
  readonly onNews?: ((news: unknown) => void) | undefined;
}

/**
 * The main thread's side of the thread that serves a mount. The thread blocks in read(2), so the main thread wakes it for every order. A
 * program that ends wakes it too, because Node waits for its threads.
 */
export class ServingThread {
  /** Settles when the service is closed and the thread has ended. */
  readonly ended: Promise<void>;
  readonly #worker: Worker;
  readonly #options: ServingThreadOptions;
  readonly #commands: MessagePort;
  /** The orders that wait for an answer of the service, in order. */
  readonly #unanswered: { readonly resolve: (answer: unknown) => void; readonly reject: (error: Error) => void }[] = [];
  readonly #stop = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  readonly #alarm = new Alarm(() => { this.#wake(); });
  readonly #atExit = (): void => { this.#stopAtExit(); };
  #descriptor = -1;
  #mountPoint = '';
  #answers = false;

  /** Starts the thread, which loads the module of the service. */
  constructor(options: ServingThreadOptions) {
    this.#options = options;
    const { port1, port2 } = new MessageChannel();
    this.#commands = port1;
    port1.on('message', (answer: unknown) => { this.#unanswered.shift()?.resolve(answer); });
    port1.unref();
    const { source, wakeName } = options;
    const data: ServingThreadData = {
      source, wakeName, stop: this.#stop, commands: port2, owner: { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0 },
    };
    this.#worker = options.worker ?? newServingWorker(source.module);
    this.#worker.postMessage(data, [port2]);
    this.#worker.on('message', (message: ServingThreadMessage) => {
      if (message.kind === 'alarm') this.#alarm.set(message.milliseconds);
      if (message.kind === 'news') options.onNews?.(message.news);
    });
    this.ended = once(this.#worker, 'exit').then(() => undefined);
    const forget = (): void => { this.#forget(); };
    this.ended.then(forget, forget);
    process.on('exit', this.#atExit);
  }

  /** The thread has ended, for whatever reason. */
  #forget(): void {
    this.#answers = false;
    this.#alarm.clear();
    this.#commands.close();
    for (const { reject } of this.#unanswered.splice(0)) reject(new TransportError('the mount ended before the order was taken'));
    process.off('exit', this.#atExit);
  }

  /**
   * Starts the service, to be served on a descriptor of /dev/fuse. Rejects with the service's ServiceError, or with the error that ended
   * the thread. In both cases the thread has ended.
   */
  async start(descriptor: number, mountPoint: string): Promise<void> {
    this.#descriptor = descriptor;
    this.#mountPoint = mountPoint;
    this.#order({ kind: 'start', descriptor });
    const message = await this.#next('started', 'refused');
    if (message.kind !== 'refused') return;
    await this.ended;
    throw new ServiceError(message.text);
  }

  /** Serves the mount, which now exists. Settles when the mount answers. */
  async serve(): Promise<void> {
    this.#order({ kind: 'serve' });
    const message = await this.#next('initialized');
    if (message.kind !== 'initialized' || !message.agreed) throw new TransportError('the FUSE protocol of this Linux is too old: 5.4 or later has it');
    // Linux must know the node before a wake message can name it.
    await this.wakeByName();
    this.#answers = true;
  }

  /** Sends an order to the service, and settles with its answer. */
  command(order: unknown): Promise<unknown> {
    if (!this.#answers) return Promise.reject(new TransportError('the mount has gone'));
    return new Promise((resolve, reject) => {
      this.#unanswered.push({ resolve, reject });
      this.#commands.postMessage(order);
      this.#wake();
    });
  }

  /** Wakes the thread, and settles when it has read a request again. */
  async wakeAndWait(): Promise<void> {
    await this.command(WAKE_ONLY);
  }

  /** Ends the thread, whatever it waits for. Replies that are held back are sent; other requests get no reply. */
  stop(): void {
    Atomics.store(this.#stop, 0, 1);
    this.#wake();
  }

  /** Nothing asynchronous runs at exit. statfs(2) waits for a reply, but the other thread sends it. */
  #stopAtExit(): void {
    Atomics.store(this.#stop, 0, 1);
    if (!this.#answers || this.#notify()) return;
    try {
      statfsSync(this.#wakePath);
    } catch {
      // The mount has ended, and the thread with it.
    }
  }

  /** Ends a thread that does not serve so far. */
  async end(): Promise<void> {
    this.#order({ kind: 'end' });
    await this.ended;
  }

  #order(order: Order): void {
    this.#worker.postMessage(order);
  }

  /** Wakes the thread, which then looks for its orders. */
  #wake(): void {
    if (this.#answers && !this.#notify()) statfs(this.#wakePath).catch(() => undefined);
  }

  /** Wakes the thread by a notification, without a file operation. False if Linux has forgotten the node, or the mount has ended. */
  #notify(): boolean {
    try {
      writeSync(this.#descriptor, wakeMessage());
      return true;
    } catch (error) {
      if (!UNKNOWN_NODE.includes((error as NodeJS.ErrnoException).code)) throw error;
      return false;
    }
  }

  /** Wakes the thread by statfs(2) of its node. Linux looks the node up by name, so it knows a forgotten node again. */
  async wakeByName(): Promise<void> {
    await statfs(this.#wakePath).catch(() => undefined);
  }

  get #wakePath(): string {
    return join(this.#mountPoint, this.#options.wakeName);
  }

  /** The next message of one of these kinds. Rejects when the thread ends instead. */
  #next(...kinds: ServingThreadMessage['kind'][]): Promise<ServingThreadMessage> {
    return new Promise((resolve, reject) => {
      const listen = (message: ServingThreadMessage): void => {
        if (!kinds.includes(message.kind)) return;
        this.#worker.off('message', listen);
        resolve(message);
      };
      this.#worker.on('message', listen);
      this.ended.then(() => { reject(new TransportError('the serving thread ended before its time')); }, reject);
    });
  }
}
