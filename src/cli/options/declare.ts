import type { Argv, Options } from 'yargs';
import { UsageError } from '../exit-status.ts';
import type { Option, OptionTable } from './option.ts';

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
      ...common, type: 'string', requiresArg: option.bare !== true, ...(option.words && option.commas !== true && { choices: option.words }),
      coerce: (given: string | readonly string[]) => option.read(single(name, given), `--${name}`),
    };
  }
}

function single<V extends string | boolean>(name: string, given: V | readonly V[]): V {
  if (typeof given === 'object') throw new UsageError(`--${name} is given more than once: give it once`);
  return given;
}
