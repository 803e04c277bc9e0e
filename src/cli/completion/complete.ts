// Completes command lines for a shell. scripts.ts has the scripts that a shell loads; they run this program for each word. The folder may
// import what cli may. Start with completeWords() at the end.
import type { Call, Commands, Completion, Help } from '../command.ts';
import type { Option, OptionTable } from '../options/option.ts';

const NOTHING: Completion = { with: 'words', words: [] };

/** Completes a word with those words that begin with `start`. */
export function beginning(words: readonly string[], start: string, how: Completion['with'] = 'words'): Completion {
  return { with: how, words: words.filter((word) => word.startsWith(start)) };
}

/** Completes the last word of a command, which may be empty. Of `--NAME=VALUE` it completes VALUE. */
export function complete(words: readonly string[], help: Help): Completion | Promise<Completion> {
  const { options } = help;
  const current = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  if (before.includes('--')) return beginning(help.operands.completion.words, current, help.operands.completion.with);
  const [, name = '', value = ''] = /^--([^=]+)=(.*)$/s.exec(current) ?? [];
  if (name !== '') return ofValue(optionOf(options, name), value);
  const waiting = waitingOption(before.at(-1), options);
  if (waiting !== undefined) return ofValue(waiting, current);
  if (current.startsWith('-')) return beginning(optionWords(options, before), current);
  const completion = ofOperand(help, count(before, options));
  // If no more operands are possible, an option may come.
  return beginning(completion === NOTHING ? optionWords(options, before) : completion.words, current, completion.with);
}

function optionOf(options: OptionTable, name: string): Option | undefined {
  return Object.hasOwn(options, name) ? options[name] : undefined;
}

/** The option of a word, if the next word is its value. */
function waitingOption(word: string | undefined, options: OptionTable): Option | undefined {
  const option = word?.startsWith('--') ? optionOf(options, word.slice(2)) : Object.values(options).find(({ short }) => short !== undefined && word === `-${short}`);
  return option === undefined || option.kind === 'flag' || (option.kind === 'text' && option.bare) ? undefined : option;
}

function ofValue(option: Option | undefined, start: string): Completion | Promise<Completion> {
  if (option?.kind === 'flag') return beginning(['true', 'false'], start);
  if (option?.words !== undefined) {
    const before = option.kind === 'text' && option.commas === true ? start.slice(0, start.lastIndexOf(',') + 1) : '';
    return beginning(option.words.map((word) => `${before}${word}`), start);
  }
  if (option?.kind === 'list' && option.beginnings) return option.beginnings().then((words) => beginning(words, start));
  if (option?.kind !== 'text') return NOTHING;
  return option.completes === undefined ? NOTHING : { with: option.completes, words: [] };
}

/** The options that may still be given. */
function optionWords(options: OptionTable, before: readonly string[]): string[] {
  const given = new Set(before.map((word) => word.split('=', 1)[0]));
  const left = Object.entries(options).filter(([name, option]) => option.hidden !== true && (option.kind === 'list' || !(given.has(`--${name}`) || given.has(`-${option.short}`))));
  return [...left.map(([name]) => `--${name}`), '--help'];
}

/** The number of operands among words before any `--`. */
function count(words: readonly string[], options: OptionTable): number {
  return words.filter((word, at) => !word.startsWith('-') && waitingOption(words[at - 1], options) === undefined).length;
}

function ofOperand({ operands }: Help, before: number): Completion {
  return before < operands.most ? operands.completion : NOTHING;
}

/** Completes the last word of a command line: how, and the words, a line each. */
export async function completeWords(commands: Commands, words: readonly string[], call: Call): Promise<string> {
  const [name = '', ...rest] = words;
  const row = Object.hasOwn(commands, name) ? commands[name] : undefined;
  const completion = rest.length === 0 ? beginning([...Object.keys(commands), '--help', '--version'], name) : row && await complete(rest, (await row.load(call)).help);
  return [completion?.with ?? 'words', ...(completion?.words ?? [])].join('\n');
}
