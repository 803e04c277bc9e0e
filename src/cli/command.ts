import type { CommandModule } from 'yargs';
import type { CliContext } from './context.ts';
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

export interface CommandRow {
  /** What it does, for the list of all. */
  readonly summary: string;
  readonly load: (call: Call) => Promise<HelpfulCommand>;
}

/** The commands by name. */
export type Commands = Readonly<Record<string, CommandRow>>;
