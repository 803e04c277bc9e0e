import { didYouMean, nearest, show, takes } from '../../language/words.ts';
import { UsageError } from '../exit-status.ts';
import type { OptionTable } from './option.ts';

/** An option with its value, as written. */
const WRITTEN = /^--([^=]+)(?:=(.*))?$/s;
const NO = 'no-';

/** Options that every command has. */
const COMMON = ['help', 'version'];

/**
 * Refuses unknown options, by the words as they are written. yargs reports them without dashes, accepts a second name in camel case,
 * `--no-` before options with values, and any value of options without one. `lists` is the part of the message on what lists them. @throws
 * UsageError
 */
export function checkWords(words: readonly string[], options: OptionTable, lists: string): void {
  for (const word of words) {
    const [, name, value] = WRITTEN.exec(word) ?? [];
    if (name === undefined || COMMON.includes(name)) continue;
    const denied = name.startsWith(NO) ? optionOf(options, name.slice(NO.length)) : undefined;
    const option = optionOf(options, name);
    if (option === undefined && (denied?.kind !== 'flag' || value !== undefined)) {
      const unknown = unknownOption(word, options);
      throw new UsageError(unknown.endsWith('?') ? unknown : `${unknown}; ${lists}`);
    }
    if (option?.kind === 'flag' && value !== undefined && value !== 'true' && value !== 'false') {
      throw new UsageError(takes(`--${name}`, 'no value but true and false', value));
    }
  }
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

/** The message for a word that yargs does not know. yargs reports it without dashes. */
export function unknownArgument(word: string, words: readonly string[], options: OptionTable): string {
  const short = words.find((each) => /^-[^-]/.test(each) && each.slice(1).includes(word));
  return short === undefined ? `unknown word ${show(word)}` : unknownOption(short, options);
}
