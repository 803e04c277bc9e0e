import type { Command } from './command.ts';
import { GRAMMAR, type CommandRow } from './grammar.ts';
import { nearest } from './nearest.ts';
import { parseArguments } from './parse-arguments.ts';
import { isBad, list, show, type Bad } from './words.ts';

/** Why a batch is refused: the first line that is wrong, counted from 1, and what is wrong with it. */
export interface ControlError {
  readonly line: number;
  readonly message: string;
}

/** What the bytes of one write(2) come to: all of their commands, or none. */
export type Batch = { readonly commands: readonly Command[] } | { readonly error: ControlError };

const NEWLINE = 0x0a;
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The lines of a write, without their newlines. Bytes, since invalid UTF-8 is to be told by its line. */
function* splitLines(bytes: Uint8Array): Generator<Uint8Array> {
  for (let start = 0; start < bytes.length;) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline === -1 ? bytes.length : newline;
    yield bytes.subarray(start, end);
    start = end + 1;
  }
}

function decode(bytes: Uint8Array): string | Bad {
  if (bytes.includes(0)) return { bad: 'there is a NUL byte in it' };
  try {
    return UTF8.decode(bytes).replace(/\r$/, '');
  } catch {
    return { bad: 'it is not valid UTF-8' };
  }
}

function unknownCommand(name: string): Bad {
  const names = Object.keys(GRAMMAR);
  const near = nearest(name, names);
  return { bad: `unknown command ${show(name)}, ${near === undefined ? `it is one of ${list(names, 'and')}` : `did you mean '${near}'?`}` };
}

/** The command of a line; undefined if the line is blank or a comment. */
function parseLine(line: string): Command | undefined | Bad {
  const [, name = '', rest = ''] = /^[ \t]*([^ \t]*)(.*)$/s.exec(line) ?? [];
  if (name === '' || name.startsWith('#')) return undefined;
  if (!Object.hasOwn(GRAMMAR, name)) return unknownCommand(name);
  const row: CommandRow = GRAMMAR[name as Command['kind']];
  const given = parseArguments(name, row, rest);
  return isBad(given) ? given : row.build(given);
}

/** Parses what was written to the control file, all of it before any of it is run. The grammar is in grammar.ts. */
export function parseControl(bytes: Uint8Array): Batch {
  const commands: Command[] = [];
  let number = 0;
  for (const line of splitLines(bytes)) {
    number++;
    const text = decode(line);
    // A byte order mark is how some editors begin a file.
    const command = isBad(text) ? text : parseLine(number === 1 ? text.replace(/^\uFEFF/, '') : text);
    if (isBad(command)) return { error: { line: number, message: command.bad } };
    if (command !== undefined) commands.push(command);
  }
  return { commands };
}

/** An error as the log and `cat control` show it: `control:2: unknown page type 'slba', did you mean 'slab'?` */
export function formatControlError({ line, message }: ControlError): string {
  return `control:${line}: ${message}`;
}
