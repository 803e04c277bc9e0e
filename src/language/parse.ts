/*
 * What the languages of lines share: the control file, the machine file and the configuration file are parsed with these files.
 *
 * This file is the place to start: parseLines() splits a text into lines, parseStatement() parses one line by the rows of a language. row.ts
 * says what a row is, values.ts which values it can take. words.ts splits lines, quotes, builds messages, and finds what a misspelt word meant.
 * write.ts writes values back. The folder may import kernel and abi. It is pure: no I/O, nothing of Node.
 */
import { type Bad, didYouMean, endOfWord, isBad, isBlank, list, nearest, show, splitWords, unknownWord, unquote, wholeQuoted } from './words.ts';
import { isPositional, type Rows, type StatementIn, type StatementRow } from './row.ts';

/** The first line that is wrong, counted from 1, and what is wrong with it. */
export interface LineError {
  readonly line: number;
  readonly message: string;
}

/** A statement, and its line, counted from 1. */
export interface NumberedStatement<S> {
  readonly line: number;
  readonly statement: S;
}

const NEWLINE = 0x0a;
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Parses a text line by line: all of its statements, or the first line that is wrong. `parse` returns undefined for a line without a statement. */
export function parseLines<S>(
  bytes: Uint8Array, parse: (line: string) => S | undefined | Bad,
): { readonly statements: readonly NumberedStatement<S>[] } | { readonly error: LineError } {
  const statements: NumberedStatement<S>[] = [];
  let line = 0;
  for (const each of splitLines(bytes)) {
    line += 1;
    const text = decode(each);
    // Some editors begin a file with a byte order mark.
    const statement = isBad(text) ? text : parse(line === 1 ? text.replace(/^\uFEFF/, '') : text);
    if (isBad(statement)) return { error: { line, message: statement.bad } };
    if (statement !== undefined) statements.push({ line, statement });
  }
  return { statements };
}

/** The lines of a text, without their newlines. They are bytes, so that an error about invalid UTF-8 can name its line. */
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

/** Parses a line by the rows of a language. `noun` is what messages call a statement. Undefined: the line is blank or a comment. */
export function parseStatement<T extends Rows>(noun: string, rows: T, line: string): StatementIn<T> | undefined | Bad {
  const [, name = '', rest = ''] = /^[ \t]*([^ \t]*)(.*)$/s.exec(line) ?? [];
  if (name === '' || name.startsWith('#')) return undefined;
  const row = Object.hasOwn(rows, name) ? rows[name] : undefined;
  if (!row) return { bad: unknownWord(noun, name, Object.keys(rows)) };
  const given = parseArguments({ name, row }, rest);
  const built = isBad(given) ? given : row.build(given);
  return isBad(built) ? built : { kind: name, ...built } as StatementIn<T>;
}

/** Parses the values after a statement's name. Every value is checked, and none that is required is missing. */
function parseArguments(statement: Named, rest: string): Given | Bad {
  const { name, row } = statement;
  const given: Given = {};
  const bad = 'TEXT' in row.values ? takeText(statement, given, rest) : takeWords(statement, given, rest);
  if (bad !== undefined) return bad;
  const missing = row.required.filter((key) => !Object.hasOwn(given, key));
  if (missing.length > 0) return { bad: `${name} is missing ${list(missing.map((key) => written(statement, key)), 'and')}` };
  return given;
}

/** The parsed values of a statement, by key. */
type Given = Record<string, unknown>;

/** A statement's name, and its row. */
interface Named {
  readonly name: string;
  readonly row: StatementRow<unknown>;
}

/** How an argument is written: `pfn=P`, `early-kill`, `PATH`. */
function written({ row }: Named, key: string): string {
  const value = row.values[key];
  if (value === undefined || value.flag) return key;
  return isPositional(key) ? value.shows : `${key}=${value.shows}`;
}

/** Says which values a statement takes. */
function takenBy(statement: Named): string {
  const all = Object.keys(statement.row.values);
  return `${statement.name} takes ${all.length === 0 ? 'nothing more' : list(all.map((key) => written(statement, key)), 'and')}`;
}

/** Parses one value and keeps it under its key. */
function take(statement: Named, given: Given, key: string, raw: string): Bad | undefined {
  const { row } = statement;
  if (Object.hasOwn(given, key)) return { bad: `${key} is given twice` };
  const rival = row.exclusive.includes(key) ? row.exclusive.find((other) => Object.hasOwn(given, other)) : undefined;
  if (rival !== undefined) return { bad: `${rival} and ${key} exclude each other, give at most one of ${list(row.exclusive, 'and')}` };
  const text = unquote(raw);
  if (text === '') return { bad: isPositional(key) ? `${written(statement, key)} is empty` : `${key} has no value, write '${written(statement, key)}'` };
  const value = row.values[key]?.parse(text, raw);
  if (isBad(value)) return value;
  given[key] = value;
  return undefined;
}

function takeKeyed(statement: Named, given: Given, key: string, raw: string): Bad | undefined {
  const { keys } = statement.row;
  if (keys.includes(key)) {
    return statement.row.values[key]?.flag ? { bad: `${key} takes no value, write '${key}'` } : take(statement, given, key, raw);
  }
  return { bad: unknownWord('key', key, keys, takenBy(statement)) };
}

function takeBare(statement: Named, given: Given, word: string): Bad | undefined {
  const { values, keys, positionals } = statement.row;
  if (keys.includes(word)) return take(statement, given, word, values[word]?.flag ? word : '');
  const positional = positionals.find((key) => !Object.hasOwn(given, key));
  if (positional !== undefined) return take(statement, given, positional, word);
  const key = keys.find((candidate) => values[candidate]?.names?.has(word));
  const near = key === undefined ? nearest(word, keys.filter((candidate) => values[candidate]?.flag)) : `${key}=${word}`;
  return { bad: `stray word ${show(word)}, ${near === undefined ? takenBy(statement) : didYouMean(near)}` };
}

/** A word with a key. Any text before the `=` counts as a key, so that the message can say what is wrong with it. */
const KEYED = /^([^="/]+)=(.*)$/s;

function takeWords(statement: Named, given: Given, rest: string): Bad | undefined {
  const words = splitWords(rest);
  if (isBad(words)) return words;
  for (const word of words) {
    const [, key, raw = ''] = KEYED.exec(word) ?? [];
    const bad = key === undefined ? takeBare(statement, given, word) : takeKeyed(statement, given, key, raw);
    if (bad !== undefined) return bad;
  }
  return undefined;
}

/** Parses keys, then takes the rest of the line as free text, even a `#`. Quotes around the whole text are removed. */
function takeText(statement: Named, given: Given, rest: string): Bad | undefined {
  for (let start = 0; ;) {
    while (isBlank(rest[start])) start++;
    const key = statement.row.keys.find((candidate) => rest.startsWith(`${candidate}=`, start));
    if (key === undefined) {
      const text = rest.slice(start);
      if (text !== '') given['TEXT'] = wholeQuoted(text) ?? text;
      return undefined;
    }
    const end = endOfWord(rest, start);
    if (isBad(end)) return end;
    const bad = takeKeyed(statement, given, key, rest.slice(start + key.length + 1, end));
    if (bad !== undefined) return bad;
    start = end;
  }
}
