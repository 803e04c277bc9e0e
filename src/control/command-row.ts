import type { Caller } from '../abi/caller.ts';
import { type AuthoredRow, row, type StatementRow, type Values } from '../language/row.ts';
import type { Part } from '../language/write.ts';
import type { OpenFile } from '../vfs/node.ts';
import type { ControlledMachine } from './controlled-machine.ts';

/** A command that was stopped before its end: how much of it is done, in words. */
export interface Stopped {
  readonly done: string;
}

/** A command that runs step by step. The caller can stop it between two steps, with next(true). */
export type CommandSteps = Generator<undefined, number | Stopped, boolean | undefined>;

/** Who runs a command, and through which open control file. */
export interface Runner {
  readonly caller: Caller | undefined;
  readonly file: OpenFile;
}

/** What a command does with its arguments `A`, after the parser has checked them. */
interface Actions<A> {
  /** The arguments as parts of a line that parses to them. Defaults are left out. */
  readonly write: (given: A) => readonly Part[];
  /** Runs the command: 0, or the negative errno that the kernel returned. A long command is a generator. */
  readonly run: (machine: ControlledMachine, given: A, by: Runner) => number | CommandSteps;
  /** What only the machine can find wrong, in words. It is checked before any command of the batch runs. */
  readonly check?: (machine: ControlledMachine, given: A) => string | undefined;
  /** How many injections the command makes. Absent: none. */
  readonly injections?: (given: A) => number;
}

/** A row of the table of commands: how to parse, write and run a command with the arguments `A`. */
export type CommandRow<A> = StatementRow<A> & Actions<A>;

/** A row as its author writes it. `build` comes before `write` and `run`: the type of the arguments is inferred from it. */
interface AuthoredCommand<K extends Values, R extends keyof K, A> extends AuthoredRow<K, R, A>, Actions<A> {}

/** Makes a row of the table of commands. */
export function command<K extends Values, const A extends object, R extends keyof K = never>(authored: AuthoredCommand<K, R, A>): CommandRow<A> {
  const { write, run, check, injections, ...statement } = authored;
  return { ...row(statement), write, run, ...(check && { check }), ...(injections && { injections }) };
}
