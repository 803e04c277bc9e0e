import { nearest } from './nearest.ts';
import { list, show, type Bad } from './words.ts';

/** A kind of value: how the synopsis writes it, and how one is read. */
export interface Value<V> {
  readonly shows: string;
  /** Given what stands after `=`, without quotes and never empty; `raw` is the same with its quotes, for a value of several parts. */
  readonly parse: (text: string, raw: string) => V | Bad;
  /** The words it knows, for a value that is one of a few. */
  readonly names?: ReadonlySet<string>;
  /** Given by its key alone. */
  readonly flag?: true;
}

/** A number: what `parse` gives for a text has no need of `raw`. */
export interface NumberValue extends Value<number> {
  readonly parse: (text: string) => number | Bad;
}

/** Which numbers are taken, both ends included. */
export interface Numbers {
  readonly min: number;
  readonly max: number;
  /** Written in hex by the kernel, so that a bare `1d805` is one that lacks its 0x. */
  readonly address?: true;
}

/** A number, decimal or 0x hex. `noun` is what messages call it. */
export function number(noun: string, shows: string, { min, max, address }: Numbers): NumberValue {
  const written = (value: number): string => (address ? `0x${value.toString(16)}` : String(value));
  return {
    shows,
    parse(text) {
      const value = /^(?:\d+|0x[\da-f]+)$/i.test(text) ? Number(text) : NaN;
      if (value >= min && value <= max) return value;
      if (address && /^[\da-f]+$/i.test(text) && parseInt(text, 16) <= max) {
        return { bad: `bad ${noun} ${show(text)}, did you mean '0x${text}'?` };
      }
      return { bad: `bad ${noun} ${show(text)}, it is a number from ${written(min)} to ${written(max)}, decimal or 0x hex` };
    },
  };
}

/** One of a few words. `otherwise` is what a word is told that is none of them nor near one. */
export function choice<V>(noun: string, shows: string, words: Iterable<readonly [string, V]>, otherwise?: string): Value<V> {
  const table = new Map(words);
  const names = new Set(table.keys());
  return {
    shows,
    names,
    parse(text) {
      const value = table.get(text);
      if (value !== undefined) return value;
      const near = nearest(text, names);
      const right = near === undefined ? otherwise ?? `it is ${list([...names], 'or')}` : `did you mean '${near}'?`;
      return { bad: `unknown ${noun} ${show(text)}, ${right}` };
    },
  };
}

/** The keys of a literal table. */
export function keysOf<K extends string>(table: Readonly<Record<K, unknown>>): readonly K[] {
  return Object.keys(table) as K[];
}

/** Names that stand for themselves, as rows of a choice. */
export function itself<N extends string>(names: readonly N[]): readonly (readonly [N, N])[] {
  return names.map((name) => [name, name]);
}

/** A value of `words`, or one of the numbers that those words stand for. */
export function orNumber<V>(words: Value<V>, ofNumber: (value: number) => V | undefined): Value<V> {
  return { ...words, parse: (text, raw) => (/^\d+$/.test(text) ? ofNumber(Number(text)) : undefined) ?? words.parse(text, raw) };
}
