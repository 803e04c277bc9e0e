import { type LineError, parseLines, parseStatement } from '../language/parse.ts';
import type { StatementIn } from '../language/row.ts';
import { writeStatement } from '../language/write.ts';
import type { CommandRow, CommandSteps, Runner } from './command-row.ts';
import { CONTROL_COMMANDS } from './commands.ts';
import type { ControlledMachine } from './controlled-machine.ts';

/** One parsed command: its name, and the arguments that `build` of its row made. */
export type Command = StatementIn<typeof CONTROL_COMMANDS>;

/** The bytes of one write(2), parsed: all of their commands, or the first line that is wrong. */
export type Batch = { readonly commands: readonly Command[] } | { readonly error: LineError };

function rowOf({ kind }: Command): CommandRow<Command> {
  return CONTROL_COMMANDS[kind] as unknown as CommandRow<Command>;
}

/** Parses a batch, all of it before any of it runs. */
export function parseControl(bytes: Uint8Array): Batch {
  const parsed = parseLines(bytes, (line) => parseStatement('command', CONTROL_COMMANDS, line));
  return 'error' in parsed ? parsed : { commands: parsed.statements.map(({ statement }) => statement) };
}

/** A command as a line that parses to it, without newline. Defaults are left out. */
export function formatCommand(command: Command): string {
  return writeStatement(command.kind, rowOf(command).write(command));
}

/** What only the machine can find wrong with a command, in words. Undefined: nothing. */
export function checkCommand(machine: ControlledMachine, command: Command): string | undefined {
  return rowOf(command).check?.(machine, command);
}

/** How many injections a command makes. */
export function injectionsOf(command: Command): number {
  return rowOf(command).injections?.(command) ?? 0;
}

/**
 * Runs a command step by step: 0, or the negative errno that the kernel returned. What needs a living kernel returns -EIO on a dead machine.
 * The clock, reboots and the faults of files are outside of the machine, and work on a dead one too.
 */
export function* runControlCommand(machine: ControlledMachine, command: Command, by: Runner): CommandSteps {
  const result = rowOf(command).run(machine, command, by);
  return typeof result === 'number' ? result : yield* result;
}

/** An error as the log and `cat control` show it: `control:2: unknown page type 'slba', did you mean 'slab'?` */
export function formatControlError({ line, message }: LineError): string {
  return `control:${line}: ${message}`;
}
