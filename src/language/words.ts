import { printable } from '../abi/printable.ts';

/** What is wrong with a text, in words: what a parser returns in place of a value. */
export interface Bad {
  readonly bad: string;
}

/** Whether a parser refused the text. */
export function isBad(result: unknown): result is Bad {
  return typeof result === 'object' && result !== null && 'bad' in result;
}

const LONGEST_SHOWN = 40;

/** A word as messages show it: in quotes, cut to 40 characters, with tabs and unprintable characters escaped. */
export function show(word: string): string {
  const characters = [...word.slice(0, 2 * LONGEST_SHOWN)];
  const cut = word.length > 2 * LONGEST_SHOWN || characters.length > LONGEST_SHOWN ? '…' : '';
  return `'${printable(characters.slice(0, LONGEST_SHOWN).join('')).replaceAll('\t', '\\x09')}${cut}'`;
}

/**
 * Says which values a name takes, and, if `given` is there, that it is none of them.
 *
 * @example takes('--memory', '128M to 64T', '1K') === "--memory takes 128M to 64T, not '1K'"
 */
export function takes(name: string, what: string, given?: string): string {
  return `${name} takes ${what}${given === undefined ? '' : `, not ${show(given)}`}`;
}

/** Words as a list in a sentence: `a`, `a and b`, `a, b and c`. */
export function list(words: readonly string[], conjunction: 'and' | 'or'): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} ${conjunction} ${words.at(-1) ?? ''}`;
}

export function isBlank(character: string | undefined): boolean {
  return character === ' ' || character === '\t';
}

/** Where the double quote opened at `start` is closed. Undefined: it is not closed. A backslash keeps the next character from closing it. */
function closingQuote(text: string, start: number): number | undefined {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') return at;
  }
  return undefined;
}

/** Where the part that begins at `start` ends: at the next character outside quotes for which `ends` is true, or at the end of the text. */
function endOf(text: string, start: number, ends: (character: string | undefined) => boolean): number | Bad {
  let at = start;
  for (; at < text.length && !ends(text[at]); at++) {
    if (text[at] !== '"') continue;
    const close = closingQuote(text, at);
    if (close === undefined) return { bad: `the quote in ${show(text.slice(start))} is not closed` };
    at = close;
  }
  return at;
}

/** Where the word that begins at `start` ends. */
export function endOfWord(line: string, start: number): number | Bad {
  return endOf(line, start, isBlank);
}

/** Splits a line into words at blanks outside quotes, up to a `#` that begins a word. The words keep their quotes. */
export function splitWords(line: string): readonly string[] | Bad {
  const words: string[] = [];
  for (let at = 0; at < line.length; at++) {
    if (isBlank(line[at])) continue;
    if (line[at] === '#') break;
    const end = endOfWord(line, at);
    if (isBad(end)) return end;
    words.push(line.slice(at, end));
    at = end;
  }
  return words;
}

/** Splits a word at commas outside quotes. The parts keep their quotes. The word comes from splitWords(), so its quotes are closed. */
export function splitCommas(word: string): readonly string[] {
  const parts: string[] = [];
  for (let at = 0; at <= word.length; at++) {
    const end = endOf(word, at, (character) => character === ',');
    if (isBad(end)) return [...parts, word.slice(at)];
    parts.push(word.slice(at, end));
    at = end;
  }
  return parts;
}

/**
 * Removes the double quotes. Within them `\"` is a quote and `\\` a backslash. Any other backslash is itself, and so is every one
 * outside of quotes.
 */
export function unquote(word: string): string {
  let text = '';
  let quoted = false;
  for (let at = 0; at < word.length; at++) {
    const next = word[at + 1];
    if (word[at] === '"') quoted = !quoted;
    else if (quoted && word[at] === '\\' && (next === '"' || next === '\\')) text += word[++at] ?? '';
    else text += word[at] ?? '';
  }
  return text;
}

/** A text in double quotes. unquote() returns the text again. */
export function quote(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

/** The text within quotes, if they enclose the whole text except blanks after it. Otherwise undefined. */
export function wholeQuoted(text: string): string | undefined {
  if (!text.startsWith('"')) return undefined;
  const close = closingQuote(text, 0);
  if (close === undefined || /[^ \t]/.test(text.slice(close + 1))) return undefined;
  return unquote(text.slice(0, close + 1));
}

/**
 * How many typing slips lie between two words: a letter added, left out or replaced, or two letters swapped (optimal string alignment).
 * Upper and lower case count as the same letter. The package fastest-levenshtein does not do: it counts a swap, the most frequent slip, as two.
 */
function slips(a: string, b: string): number {
  const [from, to] = [a.toLowerCase(), b.toLowerCase()];
  let before: number[] = [];
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const same = from[i - 1] === to[j - 1];
      let least = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]) least = Math.min(least, (before[j - 2] ?? 0) + 1);
      next.push(least);
    }
    [before, row] = [row, next];
  }
  return row[to.length] ?? 0;
}

/** The candidate that a misspelt word most likely meant, the first of equals. Undefined: none is close. One slip in three letters is close. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let fewest = Infinity;
  for (const candidate of candidates) {
    const allowed = Math.floor(Math.max(word.length, candidate.length) / 3);
    if (Math.abs(word.length - candidate.length) > allowed) continue;
    const count = slips(word, candidate);
    if (count <= allowed && count < fewest) [best, fewest] = [candidate, count];
  }
  return best;
}

/** The suggestion for a misspelt word: `did you mean 'slab'?`; of several words `did you mean 'a' or 'b'?`. */
export function didYouMean(...words: readonly string[]): string {
  return `did you mean ${words.map(show).join(' or ')}?`;
}

/**
 * Says that a word is none of `known`, and what would be right: the nearest of them, or `otherwise`. By default that lists all of them.
 *
 * @example unknownWord('page type', 'slba', PAGE_TYPE_NAMES) === "unknown page type 'slba', did you mean 'slab'?"
 */
export function unknownWord(noun: string, word: string, known: Iterable<string>, otherwise?: string): string {
  const names = [...known];
  const near = nearest(word, names);
  return `unknown ${noun} ${show(word)}, ${near === undefined ? otherwise ?? `it is one of ${list(names, 'and')}` : `${didYouMean(near)}`}`;
}
