/** One command that was run, and its result. */
export interface LoggedCommand {
  /** Microseconds since the boot in which it was run. */
  readonly usec: number;
  /** Which boot, from 1. */
  readonly boot: number;
  /** The line of the command, or the beginning of a long one. */
  readonly command: string;
  /** 0 or a negative errno. */
  readonly result: number;
}

/** How many commands `cat control` shows. */
const KEPT = 16;
/** How much of a long command it shows, in characters. */
const SHOWN = 1000;

/** What was done through the control file: the last commands, and why the last refused batch was refused. */
export class CommandLog {
  #commands: LoggedCommand[] = [];
  lastError: string | undefined;

  /** The last commands, oldest first. */
  get commands(): readonly LoggedCommand[] {
    return this.#commands;
  }

  add(entry: LoggedCommand): void {
    const { command } = entry;
    this.#commands.push(command.length > SHOWN ? { ...entry, command: `${command.slice(0, SHOWN)}…` } : entry);
    if (this.#commands.length > KEPT) this.#commands.shift();
  }

  clear(): void {
    this.#commands = [];
    this.lastError = undefined;
  }
}
