import { nearest } from '../tree/grammar/nearest.ts';
import { show } from '../tree/grammar/words.ts';
import { UsageError } from './host.ts';
import type { OptionTable } from './options/option.ts';

/** An option as it is written, and the value that is written with it. */
const WRITTEN = /^--([^=]+)(?:=(.*))?$/s;

/** Refuses what yargs would take for something else: values of options that have none, and `--no-` before one that has. @throws UsageError */
export function checkWords(args: readonly string[], options: OptionTable): void {
  for (const arg of args) {
    const [, name, value] = WRITTEN.exec(arg) ?? [];
    if (name === undefined) continue;
    const flag = Object.hasOwn(options, name) && options[name]?.kind === 'flag';
    if (flag && value !== undefined && value !== 'true' && value !== 'false') {
      throw new UsageError(`--${name} takes no value but true and false, not ${show(value)}`);
    }
    const denied = name.startsWith('no-') ? name.slice('no-'.length) : '';
    if (Object.hasOwn(options, denied) && (options[denied]?.kind !== 'flag' || value !== undefined)) throw new UsageError(`unknown option ${show(arg)}, did you mean '--${denied}'?`);
  }
}

/** What to say of a word that yargs does not know. It tells of options without their dashes. */
export function unknownWord(word: string, args: readonly string[], options: OptionTable): string {
  const option = args.find((arg) => arg.startsWith('-') && arg.replace(/^-+/, '').split('=', 1)[0] === word)
    ?? args.find((arg) => /^-[^-]/.test(arg) && arg.slice(1).includes(word));
  if (option === undefined) return `unknown word ${show(word)}`;
  const near = nearest(word, Object.keys(options).filter((name) => options[name]?.hidden !== true));
  return `unknown option ${show(option.split('=', 1)[0] ?? '')}${near === undefined ? '' : `, did you mean '--${near}'?`}`;
}
