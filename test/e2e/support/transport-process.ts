import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { exited } from './daemon.ts';
import type { TestTransport } from './mounts.ts';

const SERVER = fileURLToPath(new URL('transport-server.mjs', import.meta.url));

/** How long a message may take on a busy machine, in milliseconds. */
const PATIENCE = 100_000;

/** A request that reached the filesystem of transport-server.mjs. */
export interface Call {
  readonly operation: 'open' | 'read' | 'write' | 'truncate' | 'release';
  readonly path: string;
  readonly flags?: number;
  readonly position?: number;
  readonly length?: number;
  readonly size?: number;
}

interface Message extends Call {
  readonly event: 'ready' | 'gone' | 'unmounted' | 'failed' | 'error' | 'call' | 'command';
  readonly mountPoint?: string;
  readonly message?: string;
}

/** The small test filesystem of transport-server.mjs, mounted through the real transport by a process of its own. */
export class TransportProcess {
  readonly child: ChildProcess;
  /** Every message so far that is not a call. */
  readonly messages: Message[] = [];
  #calls: Call[] = [];
  #signs = 0;
  /** What it has written to standard error. */
  #complaints = '';
  readonly #emitter = new EventEmitter();

  private constructor(child: ChildProcess) {
    this.child = child;
    child.stderr?.setEncoding('utf8').on('data', (text: string) => { this.#complaints += text; });
    child.on('exit', () => this.#emitter.emit('message'));
    child.on('message', (message) => {
      const { event, ...call } = message as Message;
      if (event === 'call') this.#calls.push(call);
      else this.messages.push(message as Message);
      this.#emitter.emit('message');
    });
  }

  /** Starts it. Rejects with the reason if it cannot mount. Options are those of transport-server.mjs. */
  static async start(transport: TestTransport, mountPoint: string, options: readonly string[] = [], cwd = '/'): Promise<TransportProcess> {
    const server = new TransportProcess(fork(SERVER, [transport, mountPoint, ...options], { cwd, execArgv: [], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] }));
    const first = await server.#next(({ event }) => event === 'ready' || event === 'failed');
    if (first.event === 'ready') return server;
    await exited(server.child);
    throw new Error(first.message);
  }

  async #next(wanted: (message: Message) => boolean, timeout = PATIENCE): Promise<Message> {
    const signal = AbortSignal.timeout(timeout);
    for (;;) {
      const found = this.messages.find(wanted);
      if (found !== undefined) return found;
      const failed = this.messages.find(({ event }) => event === 'failed');
      if (failed !== undefined) throw new Error(failed.message);
      if (this.child.exitCode !== null || this.child.signalCode !== null) throw new Error(`the server has ended (${this.child.signalCode ?? this.child.exitCode}): ${this.#complaints}`);
      await once(this.#emitter, 'message', { signal }).catch(() => {
        throw new Error(`nothing came in ${timeout} ms; before: ${JSON.stringify(this.messages)}; ${this.#complaints}`);
      });
    }
  }

  /** Waits for a message, which may have come before. */
  event(event: Message['event']): Promise<Message> {
    return this.#next((message) => message.event === event);
  }

  /** The errors that the filesystem received, once there are `count` of them: they may arrive after the caller has its answer. */
  async errors(count: number): Promise<Message[]> {
    await this.#next(() => this.messages.filter(({ event }) => event === 'error').length >= count);
    return this.messages.filter(({ event }) => event === 'error');
  }

  command(command: 'unmount' | 'end'): void {
    this.child.send({ command });
  }

  /** Waits for a call of this kind after the last time the calls were taken. */
  async reached(operation: Call['operation']): Promise<void> {
    const signal = AbortSignal.timeout(PATIENCE);
    while (!this.#calls.some((call) => call.operation === operation)) await once(this.#emitter, 'message', { signal });
  }

  /** Waits until all news that the service has sent so far have arrived. They come in order, from any thread that serves. */
  async #caughtUp(): Promise<void> {
    this.#signs += 1;
    const sign = `sign ${this.#signs}`;
    this.child.send({ command: 'say', word: sign });
    await this.#next(({ event, message }) => event === 'command' && message === sign);
  }

  /** The calls since the last call of this function, when the last open file has been released (release comes after close(2)). */
  async takeCalls(): Promise<Call[]> {
    await this.#caughtUp();
    const signal = AbortSignal.timeout(PATIENCE);
    const count = (operation: Call['operation']): number => this.#calls.filter((call) => call.operation === operation).length;
    while (this.#calls.length === 0 || count('open') !== count('release')) await once(this.#emitter, 'message', { signal });
    const calls = this.#calls;
    this.#calls = [];
    return calls;
  }

  /** Ends the process in any state. SIGKILL leaves the mount behind. */
  async end(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    this.child.kill('SIGCONT');
    this.child.kill(signal);
    await exited(this.child);
  }
}
