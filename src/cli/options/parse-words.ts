import { Parser } from 'yargs/helpers';
import { didYouMean, nearest, show, takes } from '../../language/words.ts';
import { UsageError } from '../exit-status.ts';
import type { GivenOptions, Option, OptionTable } from './option.ts';

/** A command line without the name of the command. */
interface ParsedWords {
  readonly given: GivenOptions;
  /** The words that are neither options nor their values. */
  readonly operands: readonly string[];
}

/** An option with its value, as written. */
const WRITTEN = /^--([^=]+)(?:=(.*))?$/s;
const NO = 'no-';
/** A word that is an option, and never the value of the option before it. A negative number may be a value. */
const IS_OPTION = /^-[^0-9]/;

/** Options that every command has. */
const COMMON = ['help', 'version'];

const CONFIGURATION = {
  'camel-case-expansion': false, 'dot-notation': false, 'parse-numbers': false, 'parse-positional-numbers': false, 'unknown-options-as-args': true,
};

/**
 * Parses the words of a command line. yargs splits them into options, values and operands. What it would read in another way than the help of the program
 * says is checked and spelled out before: see spell(). `lists` is the part of the message on what lists all options. @throws UsageError for a word that
 * is wrong: first for options that are unknown, then for values
 */
export function parseWords(words: readonly string[], table: OptionTable, lists: string): ParsedWords {
  const entries = Object.entries(table);
  const { argv, error } = Parser.detailed(words.flatMap((word) => (IS_OPTION.test(word) ? spell(word, table, lists) : [word])), {
    // With strings, yargs keeps each value of an option that is given more than once. A flag without a value is the empty string.
    string: entries.map(([name]) => name),
    narg: Object.fromEntries(entries.map(([name, { kind }]) => [name, kind === 'flag' ? 0 : 1])),
    configuration: CONFIGURATION,
  });
  // The only error that is left: 'Not enough arguments following: NAME'.
  const lacking = error?.message.split(': ').at(-1);
  if (lacking !== undefined) throw new UsageError(`--${lacking} needs a value; ${lists}`);
  const { _, ...parsed } = argv;
  const operands = _.map(String);
  const number = operands.find((word) => /^-./.test(word));
  if (number !== undefined) throw unknownOption(number, table, lists);
  return { given: Object.fromEntries(Object.entries(parsed).map(([name, value]) => [name, valueOf(name, value, table[name])])), operands };
}

/** The value of an option from what yargs has for it: a string, false for a denied flag, or an array of those. @throws UsageError */
function valueOf(name: string, parsed: unknown, option: Option | undefined): unknown {
  if (option?.kind === 'list') return [parsed].flat();
  if (Array.isArray(parsed)) throw new UsageError(`--${name} is given more than once: give it once`);
  return option?.kind === 'text' ? option.read(parsed as string, `--${name}`) : parsed !== false;
}

/**
 * An option in the long form that yargs reads as we do. yargs takes `-lerr` for four flags, any value of a flag for false, a word after an option whose
 * value may be left out for that value, and `--no-` before options with values. @throws UsageError for an unknown option, or a value of a flag
 */
function spell(word: string, table: OptionTable, lists: string): string[] {
  if (!word.startsWith('--')) return spellShort(word, table, lists);
  const [, name = '', value] = WRITTEN.exec(word) ?? [];
  const option = optionOf(table, name);
  if (option?.kind === 'flag' && value !== undefined) {
    if (value !== 'true' && value !== 'false') throw new UsageError(takes(`--${name}`, 'no value but true or false', value));
    return [value === 'true' ? `--${name}` : `--${NO}${name}`];
  }
  const denied = option === undefined && value === undefined && name.startsWith(NO) ? optionOf(table, name.slice(NO.length)) : undefined;
  if (option === undefined && denied?.kind !== 'flag') throw unknownOption(word, table, lists);
  return [option?.kind === 'text' && option.bare === true && value === undefined ? `${word}=` : word];
}

/** Options of one letter, in one word: `-wlerr` is `--follow --level=err`. */
function spellShort(word: string, table: OptionTable, lists: string): string[] {
  const spelled: string[] = [];
  for (let index = 1; index < word.length; index++) {
    const [name, option] = Object.entries(table).find(([, { short }]) => short === word[index]) ?? [];
    if (option === undefined) throw unknownOption(word, table, lists);
    const value = option.kind === 'flag' ? '' : word.slice(index + 1);
    spelled.push(value === '' ? `--${name}` : `--${name}=${value}`);
    if (option.kind !== 'flag') break;
  }
  return spelled;
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

function unknownOption(word: string, options: OptionTable, lists: string): UsageError {
  const name = word.replace(/^-+(?:no-)?/, '').split('=', 1)[0] ?? '';
  const names = [...Object.keys(options).filter((each) => options[each]?.hidden !== true), ...COMMON];
  const near = nearest(name, names);
  return new UsageError(`unknown option ${show(word.split('=', 1)[0] ?? '')}${near === undefined ? `; ${lists}` : `, ${didYouMean(`--${near}`)}`}`);
}
