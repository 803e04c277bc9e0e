import { nearest } from './nearest.ts';
import { parseArguments } from './parse.ts';
import type { StatementRow } from './row.ts';
import { type Bad, isBad, list, show } from './words.ts';

/** The statements of a language, by the word a line of them begins with. */
export interface Language<S> {
  /** What messages call a statement: `command`. */
  readonly noun: string;
  readonly rows: Readonly<Record<string, StatementRow<S>>>;
}

/** The statement of a line; undefined if the line is blank or a comment. */
export function parseStatement<S>({ noun, rows }: Language<S>, line: string): S | undefined | Bad {
  const [, name = '', rest = ''] = /^[ \t]*([^ \t]*)(.*)$/s.exec(line) ?? [];
  if (name === '' || name.startsWith('#')) return undefined;
  const row = Object.hasOwn(rows, name) ? rows[name] : undefined;
  if (!row) return unknownStatement(noun, name, Object.keys(rows));
  const given = parseArguments(name, row, rest);
  return isBad(given) ? given : row.build(given);
}

function unknownStatement(noun: string, name: string, names: readonly string[]): Bad {
  const near = nearest(name, names);
  return { bad: `unknown ${noun} ${show(name)}, ${near === undefined ? `it is one of ${list(names, 'and')}` : `did you mean '${near}'?`}` };
}
