import type { TakesEffect } from '../../daemon/reload.ts';
import { list, takes } from '../../language/words.ts';
import { UsageError } from '../exit-status.ts';

interface Described {
  /** What it is for, so short that it fits into a line of a help. */
  readonly describe: string;
  /** One letter that stands for the name. */
  readonly short?: string;
  /** Heading of the part of a help that it is told of in. */
  readonly group?: string;
  /** For the program itself: not told of. */
  readonly hidden?: true;
  /** That a configuration file may give it too, and when a running daemon takes a change up. */
  readonly configured?: TakesEffect;
}

/** An option with a value. */
export interface TextOption<V = unknown> extends Described {
  readonly kind: 'text';
  /** What a help calls the value: `SIZE`. */
  readonly value: string;
  /** What it is one of. */
  readonly words?: readonly string[];
  /** What each word means, in few words, where a help says that. */
  readonly meanings?: Readonly<Record<string, string>>;
  /** What a shell completes it with. */
  readonly completes?: 'files';
  /** That the value may be left out, which is the empty text. */
  readonly bare?: true;
  /** Understands a text; `called` is what a message calls the place where it was given. @throws UsageError */
  readonly read: (text: string, called: string) => V;
  /** What holds when nothing is given, and how a help says that. */
  readonly fallback: unknown;
  readonly shownFallback?: string;
}

/** An option that is said or not; `--no-NAME` takes it back. */
export interface FlagOption extends Described {
  readonly kind: 'flag';
}

/** An option that may be given again and again. */
export interface ListOption extends Described {
  readonly kind: 'list';
  readonly value: string;
  /** The words it takes, where a shell can complete them. */
  readonly words?: readonly string[];
}

export type Option = TextOption | FlagOption | ListOption;

/** Options of a command, by name, in the order in which a help tells of them. */
export type OptionTable = Readonly<Record<string, Option>>;

/** What an option takes that is one of a few words. */
export function oneOf<W extends string>(words: readonly W[]) {
  return {
    kind: 'text', words, value: words.join('|'),
    read(text: string, called: string): W {
      const found = words.find((word) => word === text);
      if (found !== undefined) return found;
      throw new UsageError(takes(called, list(words, 'or'), text));
    },
  } as const;
}

/** What an option takes that is the name of a file. In a configuration file it begins at that file's directory. */
export function file(what = 'FILE') {
  return { kind: 'text', value: what, completes: 'files', read: nonEmpty } as const;
}

/** A text that says something. */
export function nonEmpty(text: string, called: string): string {
  if (text !== '') return text;
  throw new UsageError(`${called} needs a value`);
}
