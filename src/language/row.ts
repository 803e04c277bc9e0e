import type { Value } from './values.ts';
import type { Bad } from './words.ts';

/**
 * The values a statement takes, by key. A key in capitals is not written: it names a bare word (`PATH`, `MS`) or, as `TEXT`, the free text up to
 * the end of the line.
 */
export type Values = Readonly<Record<string, Value<unknown>>>;

/** The values of a statement after they are parsed, by key. */
export type Given<K extends Values> = { readonly [N in keyof K]: K[N] extends Value<infer V> ? V : never };

/** A statement as the author of a language writes it: its look, its values, and what to make of them. */
export interface AuthoredRow<K extends Values, R extends keyof K, A> {
  readonly synopsis: string;
  /** What the statement does, in a few words. */
  readonly does: string;
  readonly values: K;
  readonly required?: readonly R[];
  /** Keys of which at most one may be given. */
  readonly exclusive?: readonly (keyof K)[];
  /** Makes the arguments of the statement from its values, or says why the values do not fit together. */
  readonly build: (given: Partial<Given<K>> & Pick<Given<K>, R>) => A | Bad;
}

/** A row as the parser sees it: it does not know the types of the values. */
export interface StatementRow<A> {
  readonly synopsis: string;
  readonly does: string;
  readonly values: Values;
  /** The keys that are written, and those that are not. */
  readonly keys: readonly string[];
  readonly positionals: readonly string[];
  readonly required: readonly string[];
  readonly exclusive: readonly string[];
  /** Takes the checked values by key, with all that are required. */
  readonly build: (given: Readonly<Record<string, unknown>>) => A | Bad;
}

/** The statements of a language, by the first word of their lines. */
export type Rows = Readonly<Record<string, StatementRow<object>>>;

/** One parsed statement of a language: its name, and the arguments that its row made. */
export type StatementIn<T extends Rows> = {
  [N in keyof T]: { readonly kind: N } & (T[N] extends StatementRow<infer A> ? A : never)
}[keyof T];

const CAPITALS = /^[A-Z]+$/;

/** Whether a key is not written in the line. */
export function isPositional(key: string): boolean {
  return CAPITALS.test(key);
}

/** Makes a row of a language. The type of the arguments is inferred from `build`. */
export function row<K extends Values, const A extends object, R extends keyof K = never>(authored: AuthoredRow<K, R, A>): StatementRow<A> {
  const { required = [], exclusive = [], ...rest } = authored;
  const all = Object.keys(rest.values);
  const [keys, positionals] = [all.filter((key) => !isPositional(key)), all.filter(isPositional)];
  return { ...rest, keys, positionals, required, exclusive } as unknown as StatementRow<A>;
}
