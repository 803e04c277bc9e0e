import { printable } from '../abi/printable.ts';
import type { Logger } from 'pino';
import { writeSize } from '../language/sizes.ts';
import type { MachineNews } from './machine-service.ts';
import { type Message, Notifier } from './notify.ts';
import type { NotifyEnvironment } from './notify-environment.ts';
import { keepAlive } from './watchdog.ts';

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
