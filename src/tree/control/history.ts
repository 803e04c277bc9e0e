import type { Command } from './command.ts';

/** One command that was run, and what came of it. */
export interface Event {
  /** Microseconds since the boot it was run in. */
  readonly usec: number;
  /** Which boot, from 1. */
  readonly boot: number;
  readonly command: Command;
  /** 0 or a negative errno. */
  readonly result: number;
}

/** How many events `cat control` tells of. */
const KEPT = 16;

/** What was done through the control file: the last commands, and why the last refused batch was. */
export class History {
  events: Event[] = [];
  lastError: string | undefined;

  add(event: Event): void {
    this.events.push(event);
    if (this.events.length > KEPT) this.events.shift();
  }

  clear(): void {
    this.events = [];
    this.lastError = undefined;
  }
}
