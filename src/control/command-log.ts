/** One command that was run, and what came of it. */
export interface Event {
  /** Microseconds since the boot it was run in. */
  readonly usec: number;
  /** Which boot, from 1. */
  readonly boot: number;
  /** As the line it was, or the beginning of a long one. */
  readonly command: string;
  /** 0 or a negative errno. */
  readonly result: number;
}

/** How many events `cat control` tells of. */
const KEPT = 16;
/** How much of a long command it tells, in characters. */
const SHOWN = 1000;

/** What was done through the control file: the last commands, and why the last refused batch was. */
export class History {
  events: Event[] = [];
  lastError: string | undefined;

  add(event: Event): void {
    const { command } = event;
    this.events.push(command.length > SHOWN ? { ...event, command: `${command.slice(0, SHOWN)}…` } : event);
    if (this.events.length > KEPT) this.events.shift();
  }

  clear(): void {
    this.events = [];
    this.lastError = undefined;
  }
}
