import { parseArgs } from 'node:util';
import { didYouMean, nearest, show, takes } from '../../language/words.ts';
import { UsageError } from '../exit-status.ts';
import type { GivenOptions, OptionTable } from './option.ts';

/** A command line without the name of the command. */
interface ParsedWords {
  readonly given: GivenOptions;
  /** The words that are neither options nor their values. */
  readonly operands: readonly string[];
}

/** An option with its value, as written. */
const WRITTEN = /^--([^=]+)(?:=(.*))?$/s;
const NO = 'no-';
/** A word after an option that is not its value, but another option. A negative number is a value. */
const IS_OPTION = /^-[^0-9]/;

/** Options that every command has. */
const COMMON = ['help', 'version'];

/**
 * Parses the words of a command line. Node.js splits them into options, values and operands; what they mean is decided here. `lists` is the part of
 * the message on what lists all options. @throws UsageError for the first word that is wrong
 */
export function parseWords(words: readonly string[], table: OptionTable, lists: string): ParsedWords {
  const given = new Map<string, unknown>();
  const operands: string[] = [];
  const { tokens } = parseArgs({ args: [...words], options: declared(table), strict: false, tokens: true });
  for (const token of tokens) {
    if (token.kind === 'positional') operands.push(token.value);
    if (token.kind === 'option') takeOption(token, words[token.index] ?? '');
  }
  return { given: Object.fromEntries(given), operands };

  function takeOption({ name: written, value, inlineValue }: Pick<OptionToken, 'name' | 'value' | 'inlineValue'>, word: string): void {
    const denied = written.startsWith(NO) && value === undefined ? written.slice(NO.length) : undefined;
    const name = denied !== undefined && optionOf(table, denied)?.kind === 'flag' ? denied : written;
    const option = optionOf(table, name);
    if (option === undefined) {
      const unknown = unknownOption(word, table);
      throw new UsageError(unknown.endsWith('?') ? unknown : `${unknown}; ${lists}`);
    }
    if (given.has(name) && option.kind !== 'list') throw new UsageError(`--${name} is given more than once: give it once`);
    if (option.kind === 'flag') {
      if (value !== undefined && value !== 'true' && value !== 'false') throw new UsageError(takes(`--${name}`, 'no value but true and false', value));
      given.set(name, name === written && value !== 'false');
      return;
    }
    const bare = option.kind === 'text' && option.bare === true;
    if (bare ? false : value === undefined || (inlineValue !== true && IS_OPTION.test(value))) throw new UsageError(`--${name} needs a value; ${lists}`);
    if (option.kind === 'list') given.set(name, [...given.get(name) as string[] | undefined ?? [], value]);
    else given.set(name, option.read(value ?? '', `--${name}`));
  }
}

interface OptionToken {
  readonly name: string;
  readonly value: string | undefined;
  readonly inlineValue: boolean | undefined;
}

/** The options as parseArgs() takes them. One whose value may be left out does not take the next word. */
function declared(table: OptionTable): NonNullable<Parameters<typeof parseArgs>[0]>['options'] & object {
  return Object.fromEntries(Object.entries(table).map(([name, option]) => {
    const takesWord = option.kind === 'list' || (option.kind === 'text' && option.bare !== true);
    return [name, { type: takesWord ? 'string' : 'boolean', ...(option.short !== undefined && { short: option.short }) }];
  }));
}

/** The index where the command line of another program begins: the first word after the options and their values, or a `--`. */
export function commandStart(given: readonly string[], options: OptionTable): number {
  for (let index = 1; index < given.length; index++) {
    const word = given[index] ?? '';
    if (word === '--' || word === '-' || !word.startsWith('-')) return index;
    const [, name = '', value] = WRITTEN.exec(word) ?? [];
    const option = optionOf(options, name);
    if (option !== undefined && option.kind !== 'flag' && value === undefined && !('bare' in option && option.bare === true)) index++;
  }
  return given.length;
}

function optionOf(options: OptionTable, name: string) {
  return Object.hasOwn(options, name) ? options[name] : undefined;
}

function unknownOption(word: string, options: OptionTable): string {
  const name = word.replace(/^-+(?:no-)?/, '').split('=', 1)[0] ?? '';
  const names = [...Object.keys(options).filter((each) => options[each]?.hidden !== true), ...COMMON];
  const near = nearest(name, names);
  return `unknown option ${show(word.split('=', 1)[0] ?? '')}${near === undefined ? '' : `, ${didYouMean(`--${near}`)}`}`;
}
