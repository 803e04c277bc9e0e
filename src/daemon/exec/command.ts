import { createServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { FromLauncher, Launch, ToLauncher } from './launcher-messages.ts';

/** How CMD ended; undefined when it was killed with all of its namespace, which tells nobody anything. */
export type Ending = Exclude<FromLauncher, { readonly init: number }> | undefined;

/** Reaches the launchers of an exec's runs, one after the other, by a socket in the scratch filesystem. */
export class Commands {
  readonly #server: Server;
  #socket: Socket | undefined;
  #started = false;
  #greeted = false;
  /** Signals that came while there was nobody yet to pass them on to. */
  #signals: NodeJS.Signals[] = [];
  #ending: Ending;
  #launch: Launch | undefined;
  readonly #onInit: (pid: number) => void;

  private constructor(onInit: (pid: number) => void) {
    this.#onInit = onInit;
    this.#server = createServer((socket) => { this.#greet(socket); });
  }

  /** `onInit` hears of the init of each run's pid namespace before CMD is started in it. */
  static async listen(path: string, onInit: (pid: number) => void): Promise<Commands> {
    const commands = new Commands(onInit);
    await new Promise<void>((resolve, reject) => {
      commands.#server.once('error', reject);
      commands.#server.listen(path, resolve);
    });
    return commands;
  }

  /** Has CMD started, as soon as its launcher is there. To be called when the files are in their places. */
  start(launch: Launch): void {
    this.#launch = launch;
    this.#startIfReady();
  }

  /** How the run ended; forgotten by asking. To be asked when all of its processes have gone. */
  takeEnding(): Ending {
    const ending = this.#ending;
    this.#ending = undefined;
    this.#started = false;
    this.#launch = undefined;
    this.#greeted = false;
    this.#socket = undefined;
    return ending;
  }

  signal(signal: NodeJS.Signals): void {
    if (this.#started) this.#send({ signal });
    else this.#signals.push(signal);
  }

  /** Settles when what the launcher has said is taken in. */
  async drained(): Promise<void> {
    const socket = this.#socket;
    if (socket !== undefined && !socket.closed) await new Promise((resolve) => { socket.once('close', resolve); });
  }

  close(): void {
    this.#socket?.destroy();
    this.#server.close();
  }

  #send(message: ToLauncher): void {
    this.#socket?.write(`${JSON.stringify(message)}\n`);
  }

  #greet(socket: Socket): void {
    this.#socket = socket;
    socket.on('error', () => undefined);
    createInterface({ input: socket }).on('error', () => undefined).on('line', (line) => { this.#take(JSON.parse(line) as FromLauncher); });
  }

  #take(message: FromLauncher): void {
    if (!('init' in message)) {
      this.#ending = message;
      return;
    }
    this.#onInit(message.init);
    this.#greeted = true;
    this.#startIfReady();
  }

  #startIfReady(): void {
    if (this.#launch === undefined || !this.#greeted || this.#started) return;
    this.#send({ launch: this.#launch });
    this.#started = true;
    for (const signal of this.#signals.splice(0)) this.#send({ signal });
  }
}
