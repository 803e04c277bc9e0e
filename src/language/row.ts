import type { Value } from './value.ts';
import type { Bad } from './words.ts';

/**
 * What a statement may be given, by key. A key in capitals is not written: it names a bare word (`PATH`, `MS`) or, as `TEXT`, the free text to
 * the end of the line.
 */
export type Values = Readonly<Record<string, Value<unknown>>>;
export type Given<K extends Values> = { readonly [N in keyof K]: K[N] extends Value<infer V> ? V : never };

/** A statement of a language of lines: what it looks like, what it may be given, and what is made of that. */
interface Row<K extends Values, R extends keyof K, S> {
  readonly synopsis: string;
  readonly does: string;
  readonly values: K;
  readonly required?: readonly R[];
  /** Keys of which at most one may be given. */
  readonly exclusive?: readonly (keyof K)[];
  /** What the values come to, or what is wrong with them together. */
  readonly build: (given: Partial<Given<K>> & Pick<Given<K>, R>) => S | Bad;
}

/** A row as the parser sees it, which does not know which keys it has. */
export interface StatementRow<S> {
  readonly synopsis: string;
  readonly does: string;
  readonly values: Values;
  /** The keys that are written, and those that are not. */
  readonly keys: readonly string[];
  readonly positionals: readonly string[];
  readonly required: readonly string[];
  readonly exclusive: readonly string[];
  /** Takes the values by key, each checked, with all that are required. */
  readonly build: (given: Readonly<Record<string, unknown>>) => S | Bad;
}

const CAPITALS = /^[A-Z]+$/;

/** Whether a key is one that is not written. */
export function isPositional(key: string): boolean {
  return CAPITALS.test(key);
}

export function row<K extends Values, S, R extends keyof K = never>({ required = [], exclusive = [], ...rest }: Row<K, R, S>): StatementRow<S> {
  const all = Object.keys(rest.values);
  const [keys, positionals] = [all.filter((key) => !isPositional(key)), all.filter(isPositional)];
  return { ...rest, keys, positionals, required, exclusive } as unknown as StatementRow<S>;
}
