import { nearest } from './nearest.ts';
import { isPositional, type StatementRow } from './row.ts';
import { isBad, isBlank, endOfWord, list, show, splitWords, unquote, wholeQuoted, type Bad } from './words.ts';

/** The values a statement was given, by key. */
type Given = Record<string, unknown>;

/** A statement as one line names it. */
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

/** What a statement takes, for one who wrote something else. */
function takes(statement: Named): string {
  const all = Object.keys(statement.row.values);
  return `${statement.name} takes ${all.length === 0 ? 'nothing more' : list(all.map((key) => written(statement, key)), 'and')}`;
}

/** Files one value under its key. */
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
  const near = nearest(key, keys);
  return { bad: `unknown key ${show(key)}, ${near === undefined ? takes(statement) : `did you mean '${near}'?`}` };
}

function takeBare(statement: Named, given: Given, word: string): Bad | undefined {
  const { values, keys, positionals } = statement.row;
  if (keys.includes(word)) return take(statement, given, word, values[word]?.flag ? word : '');
  const positional = positionals.find((key) => !Object.hasOwn(given, key));
  if (positional !== undefined) return take(statement, given, positional, word);
  const key = keys.find((candidate) => values[candidate]?.names?.has(word));
  const near = key === undefined ? nearest(word, keys.filter((candidate) => values[candidate]?.flag)) : `${key}=${word}`;
  return { bad: `stray word ${show(word)}, ${near === undefined ? takes(statement) : `did you mean '${near}'?`}` };
}

/** A word with a key: lower-case letters mostly, but whatever stands before the `=` is looked at as one, to say what is wrong with it. */
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

/** Keys first, then everything to the end of the line as it is, `#` and all. Quotes around the whole of it are taken off. */
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

/** The values in what follows a statement's name on its line, every one checked and none missing. */
export function parseArguments(name: string, row: StatementRow<unknown>, rest: string): Readonly<Record<string, unknown>> | Bad {
  const statement = { name, row };
  const given: Given = {};
  const bad = 'TEXT' in row.values ? takeText(statement, given, rest) : takeWords(statement, given, rest);
  if (bad !== undefined) return bad;
  const missing = row.required.filter((key) => !Object.hasOwn(given, key));
  if (missing.length > 0) return { bad: `${name} is missing ${list(missing.map((key) => written(statement, key)), 'and')}` };
  return given;
}
