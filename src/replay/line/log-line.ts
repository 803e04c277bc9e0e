/** A place in the input: a file by the name it was given (`-` for standard input), and a line of it, from 1. */
export interface Source {
  readonly file: string;
  readonly line: number;
}

/** A moment on the wall clock, as written in a log. */
export interface WallTime {
  /** Milliseconds since the epoch. A time without a zone is read as if it were UTC. */
  readonly ms: number;
  /** Whether the log has its zone. */
  readonly zoned: boolean;
}

/** A line of a log without the wrappings of its transports. */
export interface LogLine {
  readonly number: number;
  /** The text of the kernel, or of whatever program wrote the line. */
  readonly text: string;
  readonly host?: string;
  readonly wall?: WallTime;
  /** Microseconds since boot: printk's own time stamp. */
  readonly uptime?: number;
  /** Whether the line may continue the one before: nothing shows that a record begins here. */
  readonly bare: boolean;
  /** Whether another program than the kernel wrote it. Its text on memory failures does not count. */
  readonly foreign: boolean;
  /** Whether it looks like JSON and is none, or is a journal entry with an impossible time. */
  readonly broken?: boolean;
}

/** The findings about a line, collected by one wrapping after the other. */
export type Findings = { -readonly [K in keyof Omit<LogLine, 'number' | 'text' | 'bare' | 'foreign' | 'broken'>]?: LogLine[K] } & {
  /** The program that wrote it, by its name in syslog. */
  tag?: string;
};
