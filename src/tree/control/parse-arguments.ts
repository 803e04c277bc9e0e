import type { CommandRow } from './grammar.ts';
import { nearest } from './nearest.ts';
import { isBad, isBlank, endOfWord, list, show, splitWords, unquote, wholeQuoted, type Bad } from './words.ts';

/** The values a command was given, by key. */
type Given = Map<string, unknown>;

/** A command as one line names it. */
interface Named {
  readonly name: string;
  readonly row: CommandRow;
}

const CAPITALS = /^[A-Z]+$/;

/** How an argument is written: `pfn=P`, `early-kill`, `PATH`. */
function written({ row }: Named, key: string): string {
  const value = row.values[key];
  return value === undefined || value.flag || CAPITALS.test(key) ? key : `${key}=${value.shows}`;
}

function keys({ row }: Named): readonly string[] {
  return Object.keys(row.values).filter((key) => !CAPITALS.test(key));
}

/** What a command takes, for one who wrote something else. */
function takes(command: Named): string {
  const all = Object.keys(command.row.values);
  return `${command.name} takes ${all.length === 0 ? 'nothing more' : list(all.map((key) => written(command, key)), 'and')}`;
}

/** Files one value under its key. */
function take(command: Named, given: Given, key: string, raw: string): Bad | undefined {
  const { row } = command;
  if (given.has(key)) return { bad: `${key} is given twice` };
  const rival = row.exclusive.includes(key) ? row.exclusive.find((other) => given.has(other)) : undefined;
  if (rival !== undefined) return { bad: `${rival} and ${key} exclude each other, give at most one of ${list(row.exclusive, 'and')}` };
  const text = unquote(raw);
  if (text === '') return { bad: CAPITALS.test(key) ? `${key} is empty` : `${key} has no value, write '${written(command, key)}'` };
  const value = row.values[key]?.parse(text, raw);
  if (isBad(value)) return value;
  given.set(key, value);
  return undefined;
}

function takeKeyed(command: Named, given: Given, key: string, raw: string): Bad | undefined {
  if (keys(command).includes(key)) {
    return command.row.values[key]?.flag ? { bad: `${key} takes no value, write '${key}'` } : take(command, given, key, raw);
  }
  const near = nearest(key, keys(command));
  return { bad: `unknown key ${show(key)}, ${near === undefined ? takes(command) : `did you mean '${near}'?`}` };
}

function takeBare(command: Named, given: Given, word: string): Bad | undefined {
  const { values } = command.row;
  if (keys(command).includes(word)) return take(command, given, word, values[word]?.flag ? word : '');
  const positional = Object.keys(values).find((key) => CAPITALS.test(key) && !given.has(key));
  if (positional !== undefined) return take(command, given, positional, word);
  const key = keys(command).find((candidate) => values[candidate]?.names?.has(word));
  const near = key === undefined ? nearest(word, keys(command).filter((candidate) => values[candidate]?.flag)) : `${key}=${word}`;
  return { bad: `stray word ${show(word)}, ${near === undefined ? takes(command) : `did you mean '${near}'?`}` };
}

/** A word with a key: lower-case letters mostly, but whatever stands before the `=` is looked at as one, to say what is wrong with it. */
const KEYED = /^([^="/]+)=(.*)$/s;

function takeWords(command: Named, given: Given, rest: string): Bad | undefined {
  const words = splitWords(rest);
  if (isBad(words)) return words;
  for (const word of words) {
    const [, key, raw = ''] = KEYED.exec(word) ?? [];
    const bad = key === undefined ? takeBare(command, given, word) : takeKeyed(command, given, key, raw);
    if (bad !== undefined) return bad;
  }
  return undefined;
}

/** Keys first, then everything to the end of the line as it is, `#` and all. Quotes around the whole of it are taken off. */
function takeText(command: Named, given: Given, rest: string): Bad | undefined {
  for (let start = 0; ;) {
    while (isBlank(rest[start])) start++;
    const key = keys(command).find((candidate) => rest.startsWith(`${candidate}=`, start));
    if (key === undefined) {
      const text = rest.slice(start);
      if (text !== '') given.set('TEXT', wholeQuoted(text) ?? text);
      return undefined;
    }
    const end = endOfWord(rest, start);
    if (isBad(end)) return end;
    const bad = takeKeyed(command, given, key, rest.slice(start + key.length + 1, end));
    if (bad !== undefined) return bad;
    start = end;
  }
}

/** The values in what follows a command's name on its line, every one checked and none missing. */
export function parseArguments(name: string, row: CommandRow, rest: string): Readonly<Record<string, unknown>> | Bad {
  const command = { name, row };
  const given: Given = new Map();
  const bad = 'TEXT' in row.values ? takeText(command, given, rest) : takeWords(command, given, rest);
  if (bad !== undefined) return bad;
  const missing = row.required.filter((key) => !given.has(key));
  if (missing.length > 0) return { bad: `${name} is missing ${list(missing.map((key) => written(command, key)), 'and')}` };
  return Object.fromEntries(given);
}
