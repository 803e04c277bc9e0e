import { readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import type { NotifyEnvironment } from '../daemon/notify-environment.ts';
import type { GivenOptions, OptionTable } from './options/option.ts';

/** How a shell completes a word: with some words, files, directories, or as the command line of another program. */
export interface Completion {
  readonly with: 'words' | 'files' | 'directories' | 'command';
  readonly words: readonly string[];
}

/** The help of a command. Its lines have at most 80 columns. */
export interface Help {
  /** Its synopsis, without the name of the program. */
  readonly usage: string;
  readonly about: string;
  readonly options: OptionTable;
  /** Command lines, without the name of the program, and their purpose. */
  readonly examples: readonly (readonly [string, string])[];
  /** How its operands are completed, and how many it takes at most if no `--` comes before them. */
  readonly operands: { readonly completion: Completion; readonly most: number };
  /** The operands that it needs, for the message when they are missing. */
  readonly needs?: string;
}

/** A command and its help. */
export interface HelpfulCommand {
  readonly help: Help;
  /** Runs the command with its options, and with as many operands as the help allows. */
  readonly run: (given: GivenOptions, operands: readonly string[]) => Promise<void> | void;
}

/** The context and the arguments of a command. */
export interface Call {
  readonly context: CliContext;
  /** The whole command line, and what follows its `--`: for exec, what follows its options. Complete when the command is loaded. */
  readonly given: readonly string[];
  readonly operands: readonly string[];
}

interface CommandEntry {
  /** What it does, for the list of all commands. */
  readonly summary: string;
  readonly load: (call: Call) => Promise<HelpfulCommand>;
}

/** The commands by name. */
export type Commands = Readonly<Record<string, CommandEntry>>;

/** The process in which a command runs. The bin entry makes the real one. */
export interface CliContext {
  readonly uid: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** How to notify the service manager that started the program. Its variables are no longer in `env`. */
  readonly notify?: NotifyEnvironment | undefined;
  readonly home: string;
  /** The default configuration file: absolute. */
  readonly configFile: string;
  /** Resolves a path against the working directory. */
  readonly absolute: (path: string) => string;
  /** Writes a line to standard output, or to standard error. */
  readonly print: (line: string) => void;
  readonly complain: (line: string) => void;
  readonly stdin: () => Readable;
  /** The descriptor of standard input, if it may be read with blocking calls. */
  readonly stdinDescriptor: number | undefined;
  readonly stdinIsTerminal: boolean;
  readonly outputIsTerminal: boolean;
  /** Whether the output can no longer be written: its reader has gone, or the disk is full. It shows one turn of the event loop later. */
  readonly outputGone: () => boolean;
  /** Settles when all output is written, or never can be. Undefined if no output waits. */
  readonly outputTaken: () => Promise<void> | undefined;
  /** Writes a text to standard error, without a newline. Undefined if that is not a terminal. */
  readonly terminal: ((text: string) => void) | undefined;
  /** Sets what to do before the program ends by an unexpected error. */
  readonly onCrash: (action: (error: unknown) => Promise<void>) => void;
  readonly onSignal: (signal: NodeJS.Signals, action: () => void) => void;
  /** Descriptors from 3 on that this process inherited, for the command that exec runs. */
  readonly descriptors?: readonly number[];
  /** Makes the program end by a signal instead of with a status. */
  readonly endBy: (signal: NodeJS.Signals | number) => void;
}

/** The version in package.json. */
export const VERSION: string = (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }).version;
