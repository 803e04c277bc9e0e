import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { Logger } from 'pino';

/** How long telling may take, in milliseconds. systemd-notify itself waits 5 s for the manager to have read it. */
const TIMEOUT = 10_000;

/** A message of sd_notify(3), by variable. */
export type Message = Readonly<Record<string, string | number>>;

/** Runs systemd-notify(1). Settles with why it failed, in one line. */
function run(socket: string, message: Message): Promise<string | undefined> {
  return new Promise((resolve) => {
    // A line break would begin another variable.
    const assignments = Object.entries(message).map(([name, value]) => `${name}=${String(value).replaceAll(/[\x00-\x1f]+/g, ' ')}`);
    const child = spawn('systemd-notify', ['--', ...assignments], {
      stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, LC_ALL: 'C', NOTIFY_SOCKET: socket }, timeout: TIMEOUT, killSignal: 'SIGKILL',
    });
    let complaint = '';
    // Where no file descriptor is left there is no pipe either, and `error` follows.
    (child.stderr as Readable | undefined)?.setEncoding('utf8').on('data', (text: string) => { complaint += text; });
    child.on('error', (error: NodeJS.ErrnoException) => { resolve(error.code === 'ENOENT' ? 'systemd-notify(1) is missing: install systemd' : error.message); });
    child.on('close', (status, signal) => {
      resolve(status === 0 ? undefined : complaint.trim().replaceAll('\n', ' ') || `systemd-notify ended with ${signal ?? String(status)}`);
    });
  });
}

/**
 * Tells the service manager things, one after the other. Node has no datagram sockets but those of UDP, so systemd-notify(1) does it, which is
 * wherever systemd is and costs a process of a few milliseconds. It stays until the manager has read the message (sd_notify_barrier(3)), so
 * that the manager can tell whose process it was, as NotifyAccess=all has it.
 */
export class Notifier {
  readonly #socket: string;
  readonly #log: Logger;
  #last: Promise<void> = Promise.resolve();

  constructor(socket: string, log: Logger) {
    this.#socket = socket;
    this.#log = log;
  }

  /** Sends a message after those before it, as `message` makes it then. Failures are logged, never thrown. */
  send(message: () => Message): void {
    this.#last = this.#last.then(() => this.#send(message)).catch((error: unknown) => {
      this.#log.error({ err: error }, 'the service manager could not be told');
    });
  }

  async #send(message: () => Message): Promise<void> {
    const said = message();
    const failure = await run(this.#socket, said);
    if (failure !== undefined) this.#log.error({ said, reason: failure }, 'the service manager could not be told');
  }

  /** Settles when all has been sent, or logged as not sent. Never rejects. */
  get sent(): Promise<void> {
    return this.#last;
  }
}
