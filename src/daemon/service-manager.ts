import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { whyNotStarted } from '../abi/errno-words.ts';
import { printable } from '../abi/printable.ts';
import { TransportError } from '../fuse/transport.ts';
import { writeSize } from '../language/values.ts';
import type { MachineNews } from './machine-service.ts';
import type { NotifyEnvironment } from './notify-environment.ts';
import type { OperationalLog } from './operational-log.ts';

/** How long a notification may take, in milliseconds. systemd-notify itself waits up to 5 s until the manager has read it. */
const TIMEOUT = 10_000;

/** A message of sd_notify(3), by variable. */
export type Message = Readonly<Record<string, string | number>>;

/** Runs systemd-notify(1). Settles with the reason if it failed, in one line. */
function run(socket: string, message: Message): Promise<string | undefined> {
  return new Promise((resolve) => {
    // A line break would start another variable.
    const assignments = Object.entries(message).map(([name, value]) => `${name}=${String(value).replaceAll(/[\x00-\x1f]+/g, ' ')}`);
    const child = spawn('systemd-notify', ['--', ...assignments], {
      stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, LC_ALL: 'C', NOTIFY_SOCKET: socket }, timeout: TIMEOUT, killSignal: 'SIGKILL',
    });
    let complaint = '';
    // If no file descriptor is left, there is no pipe, and `error` follows.
    (child.stderr as Readable | undefined)?.setEncoding('utf8').on('data', (text: string) => { complaint += text; });
    child.on('error', (error) => { resolve(whyNotStarted('systemd-notify(1)', 'systemd', error)); });
    child.on('close', (status, signal) => {
      resolve(status === 0 ? undefined : complaint.trim().replaceAll('\n', ' ') || `systemd-notify ended with ${signal ?? String(status)}`);
    });
  });
}

/**
 * Sends messages to the service manager, one after the other. Node.js has no Unix datagram sockets, so systemd-notify(1) sends them. Every
 * system with systemd has it, and it takes a few milliseconds. It stays until the manager has read the message (sd_notify_barrier(3)), so
 * that the manager can find the service of its process, as NotifyAccess=all needs.
 */
export class Notifier {
  readonly #socket: string;
  readonly #log: OperationalLog;
  #last: Promise<void> = Promise.resolve();

  constructor(socket: string, log: OperationalLog) {
    this.#socket = socket;
    this.#log = log;
  }

  /** Sends a message after the earlier ones. `message` makes it at that time. Failures are logged, never thrown. */
  send(message: () => Message): void {
    this.#last = this.#last.then(() => this.#send(message)).catch((error: unknown) => {
      this.#log.error({ err: error }, 'the service manager could not be notified');
    });
  }

  async #send(message: () => Message): Promise<void> {
    const sent = message();
    const failure = await run(this.#socket, sent);
    if (failure !== undefined) this.#log.error({ message: sent, reason: failure }, 'the service manager could not be notified');
  }

  /** Settles when every message was sent, or its failure was logged. Never rejects. */
  get sent(): Promise<void> {
    return this.#last;
  }
}

export interface SignsOfLife {
  /** Settles when the thread that serves the files answers. Rejects with a TransportError if the mount has ended. */
  readonly answers: () => Promise<void>;
  /** Sends one sign of life. */
  readonly alive: () => Promise<void>;
  readonly log: OperationalLog;
}

/**
 * Sends signs of life, the first at once and then two in every `usec` microseconds, while `answers` settles. While it hangs, there is no
 * sign. After the end of the mount there are no more. Any other failure is logged and costs one sign. Returns a function that ends it.
 */
export function keepAlive(usec: number, { answers, alive, log }: SignsOfLife): () => void {
  const interval = usec / 2000;
  let timer: NodeJS.Timeout | undefined;
  let ended = false;

  async function round(): Promise<void> {
    await answers();
    if (!ended) await alive();
  }

  function again(): void {
    if (!ended) timer = setTimeout(begin, interval).unref();
  }

  function begin(): void {
    round().then(again, (error: unknown) => {
      if (ended || error instanceof TransportError) return;
      log.error({ err: error }, 'the service manager got no sign of life');
      again();
    });
  }

  begin();
  return () => {
    ended = true;
    clearTimeout(timer);
  };
}

/** The shortest time between two status messages, in milliseconds: a machine can panic and boot thousands of times a second. */
const STATUS_INTERVAL = 200;

/** What `systemctl status` shows of a machine, and whether the last reload was `refused`. */
export function statusText({ profile, memoryBytes, panic }: MachineNews, mountPoint: string, refused = false): string {
  const state = panic === undefined ? 'running' : `panicked: ${panic}`;
  const reload = refused ? '; the last reload was refused, the journal has the reason' : '';
  return printable(`${state} (profile ${profile}, ${writeSize(memoryBytes)} of memory, on ${mountPoint})${reload}`);
}

/** Microseconds on CLOCK_MONOTONIC. systemd matches messages and reloads by them. */
function monotonicUsec(): number {
  return Number(process.hrtime.bigint() / 1000n);
}

/** Notifies the service manager of the states of the daemon, as sd_notify(3) defines them. Does nothing without a service manager. */
export class ServiceManager {
  readonly #notifier: Notifier | undefined;
  readonly #watchdogUsec: number | undefined;
  readonly #log: OperationalLog;
  #machine: MachineNews | undefined;
  /** Set when the mount answers. */
  #mountPoint: string | undefined;
  #statusTimer: NodeJS.Timeout | undefined;
  #statusStands = 0;
  #reloads = 0;
  #refused = false;
  #stopping = false;
  #endSignsOfLife: (() => void) | undefined;

  constructor(environment: NotifyEnvironment | undefined, log: OperationalLog) {
    this.#notifier = environment && new Notifier(environment.socket, log);
    this.#watchdogUsec = environment?.watchdogUsec;
    this.#log = log;
  }

  /** The mount answers. From now on signs of life are sent while `answers` settles. */
  ready(mountPoint: string, answers: () => Promise<void>): void {
    this.#mountPoint = mountPoint;
    this.#notify(() => ({ READY: 1, ...this.#status() }));
    if (this.#notifier === undefined || this.#watchdogUsec === undefined) return;
    this.#endSignsOfLife = keepAlive(this.#watchdogUsec, {
      answers, log: this.#log,
      alive: async () => {
        this.#notify(() => ({ WATCHDOG: 1 }));
        await this.notified;
      },
    });
  }

  /** The state of the machine changed. If it changes too fast to read, only the last state is sent. */
  news(machine: MachineNews): void {
    this.#machine = machine;
    if (this.#notifier === undefined || this.#mountPoint === undefined || this.#stopping) return;
    this.#statusTimer ??= setTimeout(() => {
      this.#statusTimer = undefined;
      this.#notify(() => this.#status());
    }, Math.max(0, this.#statusStands - performance.now())).unref();
  }

  /**
   * Reports a reload while `work` lasts, which settles with whether it succeeded. Several at a time count as one, until the last is done.
   */
  async reload(work: () => Promise<boolean>): Promise<boolean> {
    this.#reloads += 1;
    const begun = monotonicUsec();
    this.#notify(() => ({ RELOADING: 1, MONOTONIC_USEC: begun }));
    let done = false;
    try {
      done = await work();
    } finally {
      this.#reloads -= 1;
      this.#refused = !done;
      if (this.#reloads === 0 && !this.#stopping) this.#notify(() => ({ READY: 1, ...this.#status() }));
    }
    return done;
  }

  /** The daemon will end. It reports nothing after that. */
  stopping(): void {
    if (this.#stopping) return;
    this.#stopping = true;
    this.#endSignsOfLife?.();
    clearTimeout(this.#statusTimer);
    this.#notify(() => ({ STOPPING: 1 }));
  }

  /** Settles when all notifications are done. Never rejects. */
  get notified(): Promise<void> {
    return this.#notifier?.sent ?? Promise.resolve();
  }

  #notify(message: () => Message): void {
    this.#notifier?.send(message);
  }

  #status(): Message {
    this.#statusStands = performance.now() + STATUS_INTERVAL;
    if (this.#machine === undefined || this.#mountPoint === undefined) return {};
    return { STATUS: statusText(this.#machine, this.#mountPoint, this.#refused) };
  }
}
