import type { Readable } from 'node:stream';
import type { NotifyEnvironment } from '../daemon/notify-environment.ts';

/** What a command knows of the process it runs in. The bin entry gives the real one. */
export interface CliContext {
  readonly uid: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** How the service manager that started the program is told things; what says so is not in `env` any more. */
  readonly notify?: NotifyEnvironment | undefined;
  readonly home: string;
  /** The configuration file that is read unless another is named: absolute. */
  readonly configFile: string;
  /** Resolves a path against the working directory. */
  readonly absolute: (path: string) => string;
  /** A line to standard output, and to standard error. */
  readonly print: (line: string) => void;
  readonly complain: (line: string) => void;
  readonly stdin: () => Readable;
  /** Where standard input may be read at once, waiting for it. */
  readonly stdinDescriptor: number | undefined;
  readonly stdinIsTerminal: boolean;
  readonly outputIsTerminal: boolean;
  /** Whether what is printed arrives no more: nobody reads it, or there is no room. Known a turn of the event loop later. */
  readonly outputGone: () => boolean;
  /** Settles when all that was printed has been taken, or never will be; undefined if nothing is kept back. */
  readonly outputTaken: () => Promise<void> | undefined;
  /** Writes as it is to standard error, where that is a terminal. */
  readonly terminal: ((text: string) => void) | undefined;
  /** What is to happen when the program fails in a way nobody foresaw, before it ends. */
  readonly onCrash: (action: (error: unknown) => Promise<void>) => void;
  readonly onSignal: (signal: NodeJS.Signals, action: () => void) => void;
  /** Descriptors from 3 on that this process was given, for the command that it runs. */
  readonly descriptors?: readonly number[];
  /** Has the program end by a signal, when it comes to its end, instead of with a status. */
  readonly endBy: (signal: NodeJS.Signals | number) => void;
}
