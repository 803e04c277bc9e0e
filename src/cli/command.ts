import { createRequire } from 'node:module';
import type { Readable } from 'node:stream';
import type { CommandModule } from 'yargs';
import type { NotifyEnvironment } from '../daemon/notify-environment.ts';
import type { OptionTable } from './options/option.ts';

/** What a shell is to complete a word with: some words, files, directories, or as the command line of another program. */
export interface Completion {
  readonly with: 'words' | 'files' | 'directories' | 'command';
  readonly words: readonly string[];
}

/** What a command is told of by. Lines of it have 80 columns at most. */
export interface Help {
  /** How it is called, without the name of the program. */
  readonly usage: string;
  readonly about: string;
  readonly options: OptionTable;
  /** Command lines, without the name of the program, and what they are for. */
  readonly examples: readonly (readonly [string, string])[];
  /** What its operands are completed with, and how many it takes at most where there is no `--` before them. */
  readonly operands: { readonly completion: Completion; readonly most: number };
  /** What it cannot do without, where yargs finds that it is missing. */
  readonly needs?: string;
  /** What to say to who gives it a word that it has no use for. */
  readonly stray?: string;
}

/** A command as yargs takes it, and its help. */
export interface HelpfulCommand extends CommandModule {
  readonly help: Help;
}

/** What a command is called with. */
export interface Call {
  readonly context: CliContext;
  /** The whole command line, and what follows its `--`: for exec, what follows its options. Known when the command is loaded. */
  readonly given: readonly string[];
  readonly operands: readonly string[];
}

interface CommandEntry {
  /** What it does, for the list of all. */
  readonly summary: string;
  readonly load: (call: Call) => Promise<HelpfulCommand>;
}

/** The commands by name. */
export type Commands = Readonly<Record<string, CommandEntry>>;

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

/** The version in package.json. */
export const VERSION: string = (createRequire(import.meta.url)('../../package.json') as { version: string }).version;
