import type { FlagOption, ListOption, OptionTable, TextOption } from './option.ts';

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
export type Values<T extends OptionTable> = {
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
export function valuesOf<T extends OptionTable>(table: T, given: Readonly<Record<string, unknown>>): Values<T> {
  return plain<T>(resolveSettings(table, given));
}

/** Settings without the places where they were given. */
export function plain<T extends OptionTable>(settings: Settings<T>): Values<T> {
  const values = Object.entries<Setting | readonly Setting[]>(settings).map(([name, setting]) => [
    name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase()), 'value' in setting ? setting.value : setting.map(({ value }) => value),
  ]);
  return Object.fromEntries(values) as Values<T>;
}
