import { type Bad, isBad } from './words.ts';

/** What is wrong with which line, counted from 1. */
export interface LineError {
  readonly line: number;
  readonly message: string;
}

/** A statement, and the line it was made of. */
export interface NumberedStatement<S> {
  readonly line: number;
  readonly statement: S;
}

const NEWLINE = 0x0a;
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Parses a text line by line: all of its statements, or the first line that is wrong. Lines that `parse` has undefined for say nothing. */
export function parseLines<S>(
  bytes: Uint8Array, parse: (line: string) => S | undefined | Bad,
): { readonly statements: readonly NumberedStatement<S>[] } | { readonly error: LineError } {
  const statements: NumberedStatement<S>[] = [];
  let line = 0;
  for (const each of splitLines(bytes)) {
    line += 1;
    const text = decode(each);
    // A byte order mark is how some editors begin a file.
    const statement = isBad(text) ? text : parse(line === 1 ? text.replace(/^\uFEFF/, '') : text);
    if (isBad(statement)) return { error: { line, message: statement.bad } };
    if (statement !== undefined) statements.push({ line, statement });
  }
  return { statements };
}

/** The lines of a text, without their newlines. Bytes, since invalid UTF-8 is to be told by its line. */
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
