import { list, show } from './words.ts';

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

/**
 * Says that a word is none of `known`, and what would be right: the nearest of them, or `otherwise`. By default that lists all of them.
 *
 * @example unknownWord('page type', 'slba', PAGE_TYPE_NAMES) === "unknown page type 'slba', did you mean 'slab'?"
 */
export function unknownWord(noun: string, word: string, known: Iterable<string>, otherwise?: string): string {
  const names = [...known];
  const near = nearest(word, names);
  return `unknown ${noun} ${show(word)}, ${near === undefined ? otherwise ?? `it is one of ${list(names, 'and')}` : `did you mean ${show(near)}?`}`;
}
