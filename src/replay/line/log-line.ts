/** Where something stands in the input: a file as it was named (`-` for standard input) and a line of it, from 1. */
export interface Source {
  readonly file: string;
  readonly line: number;
}

/** A moment on the wall clock as a log wrote it. */
export interface WallTime {
  /** Milliseconds since the epoch; of a time written without its zone, as if it were UTC. */
  readonly ms: number;
  /** Whether the log said which zone it is in. */
  readonly zoned: boolean;
}

/** A line of a log without what its transport wrapped around it. */
export interface LogLine {
  readonly number: number;
  /** What the kernel printed, or whatever else the line holds. */
  readonly text: string;
  readonly host?: string;
  readonly wall?: WallTime;
  /** Microseconds since boot: printk's own time stamp. */
  readonly uptime?: number;
  /** Nothing says that a record begins here: the line may go on with the one before it. */
  readonly bare: boolean;
  /** Another program wrote it, not the kernel: what it says of memory failures is hearsay. */
  readonly foreign: boolean;
  /** It looked like JSON and was not; or it is a journal entry that cannot be one. */
  readonly broken?: boolean;
}

/** What the rows of unwrap.ts find out about a line, one after the other. */
export type Findings = { -readonly [K in keyof Omit<LogLine, 'number' | 'text' | 'bare' | 'foreign' | 'broken'>]?: LogLine[K] } & {
  /** The program that wrote it, as syslog calls it. */
  tag?: string;
};
