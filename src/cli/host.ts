import type { Prepared } from '../daemon/exec/prepare.ts';

/** What a command has of the process it runs in. The bin entry gives the real one. */
export interface Host {
  readonly uid: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** Resolves a path against the working directory. */
  readonly absolute: (path: string) => string;
  /** A line to standard output, and to standard error. */
  readonly print: (line: string) => void;
  readonly complain: (line: string) => void;
  /** What is to happen when the program fails in a way nobody foresaw, before it ends. */
  readonly onCrash: (action: (error: unknown) => Promise<void>) => void;
  readonly onSignal: (signal: NodeJS.Signals, action: () => void) => void;
  /** What was made beforehand for exec; undefined where this process may not mount. */
  readonly prepared?: Promise<Prepared | undefined> | undefined;
  /** Has the program end by a signal, when it comes to its end, instead of with a status. */
  readonly endBy: (signal: NodeJS.Signals) => void;
}

/** The command line is wrong: one line that says how, and what would be right. Exit status 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
