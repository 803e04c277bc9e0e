// Options of commands: this file says what an option is and finds its value; machine.ts has the tables that commands share; check-words.ts
// refuses unknown words. The folder may import what cli may. Start with Option and resolveSettings() below.
import type { Argv, Options } from 'yargs';
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
interface TextOption<V = unknown> extends Described {
  readonly kind: 'text';
  /** What a help calls the value: `SIZE`. */
  readonly value: string;
  /** What it is one of. */
  readonly words?: readonly string[];
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
interface FlagOption extends Described {
  readonly kind: 'flag';
}

/** An option that may be given again and again. */
interface ListOption extends Described {
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

/** Has yargs take the options of a table. It gives what is on the command line, understood, and nothing for what is not: see resolveSettings(). */
export function declare<T>(argv: Argv<T>, table: OptionTable): Argv<T> {
  for (const [name, option] of Object.entries(table)) argv.option(name, declaration(name, option));
  return argv;
}

function declaration(name: string, option: Option): Options {
  const common: Options = {
    describe: option.describe, hidden: option.hidden ?? false, ...(option.short !== undefined && { alias: option.short }),
    ...(option.group !== undefined && { group: option.group }),
  };
  switch (option.kind) {
    case 'flag': return { ...common, type: 'boolean', coerce: (given: boolean | readonly boolean[]) => single(name, given) };
    case 'list': return { ...common, type: 'string', array: true, nargs: 1 };
    case 'text': return {
      ...common, type: 'string', requiresArg: option.bare !== true, ...(option.words && { choices: option.words }),
      coerce: (given: string | readonly string[]) => option.read(single(name, given), `--${name}`),
    };
  }
}

function single<V extends string | boolean>(name: string, given: V | readonly V[]): V {
  if (typeof given === 'object') throw new UsageError(`--${name} is given more than once: give it once`);
  return given;
}

/** A value, and what messages call the place where it was given: `--memory`, `/etc/vmsysctld.conf:3: memory`. Nobody gave one without such a place. */
export interface Setting<V = unknown> {
  readonly value: V;
  readonly called?: string;
}

/** What the options of a table come to. */
export type Settings<T extends OptionTable> = {
  readonly [Name in keyof T]: T[Name] extends FlagOption ? Setting<boolean>
    : T[Name] extends ListOption ? readonly Setting<string>[]
    : T[Name] extends TextOption<infer V> ? Setting<V | T[Name]['fallback']> : never;
};

type Camel<Name extends string> = Name extends `${infer First}-${infer Rest}` ? `${First}${Capitalize<Camel<Rest>>}` : Name;

/** The same without the places, each by its name in camel case. */
export type OptionValues<T extends OptionTable> = {
  readonly [Name in keyof T & string as Camel<Name>]: Settings<T>[Name] extends Setting<infer V> ? V : readonly string[];
};

/** What a configuration file gives, by the name of the option; of a list each item. */
export type FileSettings = ReadonlyMap<string, readonly Setting[]>;

/**
 * Settles what holds: of each option what the command line gives, else the file, else what the table says. Lists are added up, the command line's
 * last, for the later of two values counts. `given` is what yargs made of the command line.
 */
export function resolveSettings<T extends OptionTable>(table: T, given: Readonly<Record<string, unknown>>, file: FileSettings = new Map()): Settings<T> {
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

/** What the options of a table come to by the command line alone. */
export function valuesOf<T extends OptionTable>(table: T, given: Readonly<Record<string, unknown>>): OptionValues<T> {
  return settingValues<T>(resolveSettings(table, given));
}

/** Settings without the places where they were given. */
export function settingValues<T extends OptionTable>(settings: Settings<T>): OptionValues<T> {
  const values = Object.entries<Setting | readonly Setting[]>(settings).map(([name, setting]) => [
    name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase()), 'value' in setting ? setting.value : setting.map(({ value }) => value),
  ]);
  return Object.fromEntries(values) as OptionValues<T>;
}
