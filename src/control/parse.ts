import { type LineError, parseLines } from '../language/parse-lines.ts';
import { type Language, parseStatement } from '../language/parse-statement.ts';
import type { Command } from './command.ts';
import { GRAMMAR } from './commands.ts';

/** Why a batch is refused: the first line that is wrong, and what is wrong with it. */
export type ControlError = LineError;

/** What the bytes of one write(2) come to: all of their commands, or none. */
export type Batch = { readonly commands: readonly Command[] } | { readonly error: ControlError };

const LANGUAGE: Language<Command> = { noun: 'command', rows: GRAMMAR };

/** Parses what was written to the control file, all of it before any of it is run. The grammar is in grammar.ts. */
export function parseControl(bytes: Uint8Array): Batch {
  const parsed = parseLines(bytes, (line) => parseStatement(LANGUAGE, line));
  return 'error' in parsed ? parsed : { commands: parsed.statements.map(({ statement }) => statement) };
}

/** An error as the log and `cat control` show it: `control:2: unknown page type 'slba', did you mean 'slab'?` */
export function formatControlError({ line, message }: ControlError): string {
  return `control:${line}: ${message}`;
}
