import { isGlob } from './settings.ts';
import type { SysctlTree } from './sysctl-tree.ts';

/** The paths below /proc/sys that match a glob: in the order of the alphabet, or as glob(3) with GLOB_NOSORT finds them, directory by directory. */
export function matchPaths(pattern: string, tree: Pick<SysctlTree, 'list' | 'mode'>, order: 'sorted' | 'unsorted'): readonly string[] {
  const parts = pattern.split('/').filter((part) => part !== '');
  let found = [''];
  for (const part of parts) {
    const matches = isGlob(part) ? matcherOf(part) : undefined;
    found = found.flatMap((directory) => {
      const path = (name: string): string => (directory === '' ? name : `${directory}/${name}`);
      if (matches !== undefined) return tree.list(directory).filter((name) => matches.test(name)).map(path);
      return tree.mode(path(part)) >= 0 ? [path(part)] : [];
    });
  }
  // A slash at the end asks for a directory.
  const wanted = pattern.endsWith('/') ? found.filter((path) => tree.list(path).length > 0).map((path) => `${path}/`) : found;
  return order === 'sorted' ? wanted.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)) : wanted;
}

/** A part of a path as a regular expression. Mirrors fnmatch(3) with FNM_PERIOD, as glob(3) calls it. */
function matcherOf(part: string): RegExp {
  let source = part.startsWith('.') ? '' : '(?!\\.)';
  for (let at = 0; at < part.length; at += 1) {
    const character = part[at] ?? '';
    if (character === '*') source += '.*';
    else if (character === '?') source += '.';
    else if (character === '[') {
      const set = bracket(part, at);
      source += set?.source ?? '\\[';
      at = set?.end ?? at;
    } else {
      if (character === '\\' && at + 1 < part.length) at += 1;
      source += literal(part[at] ?? '');
    }
  }
  return new RegExp(`^${source}$`, 's');
}

/** The set that begins at a bracket, and where its end is. Undefined: it is not closed, and the bracket stands for itself. */
function bracket(part: string, start: number): { readonly source: string; readonly end: number } | undefined {
  let at = start + 1;
  const negated = part[at] === '!' || part[at] === '^';
  if (negated) at += 1;
  let set = '';
  for (let first = true; at < part.length; first = false, at += 1) {
    const character = part[at] ?? '';
    if (character === ']' && !first) return { source: set === '' ? '(?!)' : `[${negated ? '^' : ''}${set}]`, end: at };
    const named = /^\[:([a-z]+):\]/.exec(part.slice(at));
    if (named !== null) {
      set += CLASSES[named[1] ?? ''] ?? '';
      at += named[0].length - 1;
      continue;
    }
    const to = part[at + 1] === '-' && part[at + 2] !== undefined && part[at + 2] !== ']' ? part[at + 2] : undefined;
    if (to === undefined) {
      set += literal(character);
    } else {
      if (character <= to) set += `${literal(character)}-${literal(to)}`;
      at += 2;
    }
  }
  return undefined;
}

const CLASSES: Readonly<Record<string, string>> = {
  alpha: 'A-Za-z', digit: '0-9', alnum: 'A-Za-z0-9', lower: 'a-z', upper: 'A-Z', xdigit: '0-9A-Fa-f', punct: '!-\\/:-@\\[-`{-~', space: ' \\t\\n\\v\\f\\r',
};

function literal(character: string): string {
  return character.replace(/[\\^$.*+?()[\]{}|/-]/, '\\$&');
}

/** Whether texts match a pattern. Mirrors fnmatch(3) without flags, to which a slash is a character like others. */
export function fnmatch(pattern: string): (text: string) => boolean {
  const matches = matcherOf(pattern);
  return (text) => matches.test(text);
}

/** The greatest number of patterns that braces may stand for. The tool has no such limit, but a name that needs more has no use. */
const MOST_PATTERNS = 1024;

/** The patterns that a pattern with braces stands for, as GLOB_BRACE of glob(3) has them: `a{b,c}` is `ab` and `ac`. `{}` stands for itself. */
export function expandBraces(pattern: string): readonly string[] {
  const done: string[] = [];
  const waiting = [pattern];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const braces = done.length + waiting.length < MOST_PATTERNS ? firstBraces(next) : undefined;
    if (braces === undefined) done.push(next);
    else waiting.push(...braces.reverse());
  }
  return done;
}

function firstBraces(pattern: string): string[] | undefined {
  for (let open = pattern.indexOf('{'); open >= 0; open = pattern.indexOf('{', open + 1)) {
    if (pattern.startsWith('{}', open)) continue;
    const parts = partsOfBraces(pattern, open);
    if (parts === undefined) return undefined;
    return parts.words.map((word) => `${pattern.slice(0, open)}${word}${pattern.slice(parts.end + 1)}`);
  }
  return undefined;
}

function partsOfBraces(pattern: string, open: number): { readonly words: string[]; readonly end: number } | undefined {
  const words: string[] = [];
  let depth = 0;
  let from = open + 1;
  for (let at = open + 1; at < pattern.length; at += 1) {
    const character = pattern[at];
    if (character === '{') depth += 1;
    else if (character === '}' && depth > 0) depth -= 1;
    else if (depth === 0 && (character === ',' || character === '}')) {
      words.push(pattern.slice(from, at));
      from = at + 1;
      if (character === '}') return { words, end: at };
    }
  }
  return undefined;
}
