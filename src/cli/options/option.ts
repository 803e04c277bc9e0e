// Options of commands: this file says what an option is and finds its value; machine.ts has the tables that commands share; parse-words.ts
// parses the words of a command line. The folder may import what cli may. Start with Option and resolveSettings() below.
import type { TakesEffect } from '../../daemon/reload.ts';
import { list, takes } from '../../language/words.ts';
import { UsageError } from '../exit-status.ts';

interface Described {
  /** Its purpose, short enough for a line of the help. */
  readonly describe: string;
  /** One letter that stands for the name. */
  readonly short?: string;
  /** The heading of its part of the help. */
  readonly group?: string;
  /** For the program itself: not in the help. */
  readonly hidden?: true;
  /** Set if a configuration file may give it too: when a change takes effect in a running daemon. */
  readonly configured?: TakesEffect;
}

/** An option with a value. */
interface TextOption<V = unknown> extends Described {
  readonly kind: 'text';
  /** The name of the value in the help: `SIZE`. */
  readonly value: string;
  /** The words of which it is one. */
  readonly words?: readonly string[];
  /** What each word means, in few words, where a help says that. */
  readonly meanings?: Readonly<Record<string, string>>;
  /** Whether it may be several of these words, with commas between. */
  readonly commas?: true;
  /** How a shell completes it. */
  readonly completes?: 'files';
  /** Whether the value may be left out. It is the empty text then. */
  readonly bare?: true;
  /** Parses a text. `called` names the place where it was given, for messages. @throws UsageError */
  readonly read: (text: string, called: string) => V;
  /** The default, and how the help shows it. */
  readonly fallback: unknown;
  readonly shownFallback?: string;
}

/** An option without a value; `--no-NAME` turns it off. */
interface FlagOption extends Described {
  readonly kind: 'flag';
}

/** An option that may be repeated. */
interface ListOption extends Described {
  readonly kind: 'list';
  readonly value: string;
  /** The words it takes, where a shell can complete them. */
  readonly words?: readonly string[];
  /** What its value may begin with, for a shell: too many words for the help, and loaded only when a shell asks. */
  readonly beginnings?: () => Promise<readonly string[]>;
}

export type Option = TextOption | FlagOption | ListOption;

/** Options of a command, by name, in the order of the help. */
export type OptionTable = Readonly<Record<string, Option>>;

/** Values by the name of the option: of a flag a boolean, of a list the texts, of any other what its `read` makes of the text. */
export type GivenOptions = Readonly<Record<string, unknown>>;

/** Parts of an option whose value is one of a few words. */
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

/** Parts of an option whose value is the name of a file. In a configuration file it is relative to the directory of that file. */
export function file(what = 'FILE') {
  return { kind: 'text', value: what, completes: 'files', read: nonEmpty } as const;
}

/** A text that is not empty. */
export function nonEmpty(text: string, called: string): string {
  if (text !== '') return text;
  throw new UsageError(`${called} needs a value`);
}

/** A value, and the place where it was given, for messages: `--memory`, `/etc/vmsysctld.conf:3: memory`. A default has no place. */
export interface Setting<V = unknown> {
  readonly value: V;
  readonly called?: string;
}

/** The values of the options of a table, with their places. */
export type Settings<T extends OptionTable> = {
  readonly [Name in keyof T]: T[Name] extends FlagOption ? Setting<boolean>
    : T[Name] extends ListOption ? readonly Setting<string>[]
    : T[Name] extends TextOption<infer V> ? Setting<V | T[Name]['fallback']> : never;
};

type Camel<Name extends string> = Name extends `${infer First}-${infer Rest}` ? `${First}${Capitalize<Camel<Rest>>}` : Name;

/** The same without the places, by name in camel case. */
export type OptionValues<T extends OptionTable> = {
  readonly [Name in keyof T & string as Camel<Name>]: Settings<T>[Name] extends Setting<infer V> ? V : readonly string[];
};

/** The values of a configuration file, by name of the option; of a list each item. */
export type ConfiguredSettings = ReadonlyMap<string, readonly Setting[]>;

/**
 * Finds the value of each option: that of the command line, else that of the file, else the default. Lists are joined, with those of the
 * command line last, because the later of two values counts. `given` is what parseWords() returns.
 */
export function resolveSettings<T extends OptionTable>(table: T, given: GivenOptions, file: ConfiguredSettings = new Map()): Settings<T> {
  const settled = Object.entries(table).map(([name, option]) => {
    const inFile = option.configured === undefined ? [] : file.get(name) ?? [];
    const called = `--${name}`;
    if (option.kind === 'list') {
      const onCommandLine = (given[name] as readonly string[] | undefined ?? []).map((value) => ({ value, called }));
      return [name, [...inFile, ...onCommandLine]];
    }
    if (given[name] !== undefined) return [name, { value: given[name], called }];
    return [name, inFile[0] ?? { value: option.kind === 'flag' ? false : option.fallback }];
  });
  return Object.fromEntries(settled) as Settings<T>;
}

/** The values of the options of a table, from the command line alone. */
export function valuesOf<T extends OptionTable>(table: T, given: GivenOptions): OptionValues<T> {
  return settingValues<T>(resolveSettings(table, given));
}

/** Settings without the places where they were given. */
export function settingValues<T extends OptionTable>(settings: Settings<T>): OptionValues<T> {
  const values = Object.entries<Setting | readonly Setting[]>(settings).map(([name, setting]) => [
    name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase()), 'value' in setting ? setting.value : setting.map(({ value }) => value),
  ]);
  return Object.fromEntries(values) as OptionValues<T>;
}
