import { spawn } from 'node:child_process';
import type { Logger } from 'pino';
import type { Readable } from 'node:stream';
import { whyNotStarted } from '../abi/errno-words.ts';
import { printable } from '../abi/printable.ts';
import { TransportError } from '../fuse/transport.ts';
import { writeSize } from '../language/values.ts';
import type { MachineNews } from './machine-service.ts';
import type { NotifyEnvironment } from './notify-environment.ts';

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
    child.on('error', (error) => { resolve(whyNotStarted('systemd-notify(1)', 'systemd', error)); });
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

export interface SignsOfLife {
  /** Settles when those who serve the files answer. Rejects with a TransportError when the mount has gone. */
  readonly answers: () => Promise<void>;
  /** Gives one sign. */
  readonly alive: () => Promise<void>;
  readonly log: Logger;
}

/**
 * Gives signs of life, at once and then twice in every `usec` microseconds, while `answers` settles. Where it hangs there is no sign until
 * it is back. When the mount has gone there is none any more. Any other failure is logged and tried again: it costs one sign. Returns what
 * ends it.
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
      log.error({ err: error }, 'no sign of life could be given to the service manager');
      again();
    });
  }

  begin();
  return () => {
    ended = true;
    clearTimeout(timer);
  };
}

/** How long a status stands at least, in milliseconds: a machine can panic and boot thousands of times a second. */
const STATUS_INTERVAL = 200;

/** What `systemctl status` shows of a machine, and whether the last reload was `refused`. */
export function statusText({ profile, memoryBytes, panic }: MachineNews, mountPoint: string, refused = false): string {
  const state = panic === undefined ? 'running' : `panicked: ${panic}`;
  const reload = refused ? '; the last reload was refused, the journal says why' : '';
  return printable(`${state} (profile ${profile}, ${writeSize(memoryBytes)} of memory, on ${mountPoint})${reload}`);
}

/** Microseconds on CLOCK_MONOTONIC, by which systemd tells which reload a message is about. */
function monotonicUsec(): number {
  return Number(process.hrtime.bigint() / 1000n);
}

/** Tells the service manager of the daemon's life: the states of sd_notify(3). Without a service manager, nothing. */
export class ServiceManager {
  readonly #notifier: Notifier | undefined;
  readonly #watchdogUsec: number | undefined;
  readonly #log: Logger;
  #machine: MachineNews | undefined;
  /** Known when the mount answers. */
  #mountPoint: string | undefined;
  #statusTimer: NodeJS.Timeout | undefined;
  #statusStands = 0;
  #reloads = 0;
  #refused = false;
  #stopping = false;
  #endSignsOfLife: (() => void) | undefined;

  constructor(environment: NotifyEnvironment | undefined, log: Logger) {
    this.#notifier = environment && new Notifier(environment.socket, log);
    this.#watchdogUsec = environment?.watchdogUsec;
    this.#log = log;
  }

  /** The mount answers. From now on there are signs of life while `answers` settles. */
  ready(mountPoint: string, answers: () => Promise<void>): void {
    this.#mountPoint = mountPoint;
    this.#tell(() => ({ READY: 1, ...this.#status() }));
    if (this.#notifier === undefined || this.#watchdogUsec === undefined) return;
    this.#endSignsOfLife = keepAlive(this.#watchdogUsec, {
      answers, log: this.#log,
      alive: async () => {
        this.#tell(() => ({ WATCHDOG: 1 }));
        await this.told;
      },
    });
  }

  /** What has become of the machine. Of what changes faster than anybody reads, the last is told. */
  news(machine: MachineNews): void {
    this.#machine = machine;
    if (this.#notifier === undefined || this.#mountPoint === undefined || this.#stopping) return;
    this.#statusTimer ??= setTimeout(() => {
      this.#statusTimer = undefined;
      this.#tell(() => this.#status());
    }, Math.max(0, this.#statusStands - performance.now())).unref();
  }

  /** Says that a reload is under way while `work` lasts, which answers whether it could be done; of several at a time, until the last is done. */
  async reload(work: () => Promise<boolean>): Promise<boolean> {
    this.#reloads += 1;
    const begun = monotonicUsec();
    this.#tell(() => ({ RELOADING: 1, MONOTONIC_USEC: begun }));
    let done = false;
    try {
      done = await work();
    } finally {
      this.#reloads -= 1;
      this.#refused = !done;
      if (this.#reloads === 0 && !this.#stopping) this.#tell(() => ({ READY: 1, ...this.#status() }));
    }
    return done;
  }

  /** The daemon is about to end, and reports nothing else after that. */
  stopping(): void {
    if (this.#stopping) return;
    this.#stopping = true;
    this.#endSignsOfLife?.();
    clearTimeout(this.#statusTimer);
    this.#tell(() => ({ STOPPING: 1 }));
  }

  /** Settles when all has been told. Never rejects. */
  get told(): Promise<void> {
    return this.#notifier?.sent ?? Promise.resolve();
  }

  #tell(message: () => Message): void {
    this.#notifier?.send(message);
  }

  #status(): Message {
    this.#statusStands = performance.now() + STATUS_INTERVAL;
    if (this.#machine === undefined || this.#mountPoint === undefined) return {};
    return { STATUS: statusText(this.#machine, this.#mountPoint, this.#refused) };
  }
}
