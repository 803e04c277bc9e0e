import { columns, folded } from '../language/columns.ts';
import { list } from '../language/words.ts';
import type { Help } from './command.ts';
import type { Option } from './options/option.ts';

const PROGRAM = 'vmsysctld';

/** Options that every command has. */
const COMMON: readonly (readonly [string, string])[] = [['--help, -h', 'show this'], ['--version', 'show the version']];

const WIDTH = 80;

/** Rows of two columns. What does not fit into the second goes on in lines of its own. */
function twoColumns(rows: readonly (readonly [string, string])[], least = 0): string[] {
  const width = Math.max(least, ...rows.map(([left]) => left.length));
  return columns(rows.map(([left, right]) => [left, folded(right, WIDTH - width - 4).join('\n')]), { least: [width] }).map((line) => `  ${line}`);
}

function left(name: string, option: Option): string {
  const names = option.short === undefined ? `--${name}` : `--${name}, -${option.short}`;
  if (option.kind === 'flag') return names;
  return `${names}${option.kind === 'text' && option.bare ? '' : ' '}${option.value}`;
}

function right(option: Option): string {
  if (option.kind !== 'text') return option.describe;
  const { describe, words, meanings, value, fallback } = option;
  const meant = words?.map((word) => (meanings?.[word] === undefined ? word : `${word} (${meanings[word]})`));
  const described = meant === undefined || value === words?.join('|') ? describe : `${describe === '' ? '' : `${describe}: `}${list(meant, 'or')}`;
  const shown = option.shownFallback ?? (words && fallback);
  return typeof shown === 'string' ? `${described} [${shown}]` : described;
}

/** The help of a command: one that fits a screen. */
export function formatHelp({ usage, about, options, examples }: Help): string {
  const shown = Object.entries(options).filter(([, { hidden }]) => hidden !== true);
  const titles = new Set(shown.flatMap(([, { group }]) => group ?? []));
  const members = (title: string | undefined): typeof shown => shown.filter(([, { group }]) => group === title);
  const rows = (of: typeof shown): (readonly [string, string])[] => of.map(([name, option]) => [left(name, option), right(option)]);
  const width = Math.max(...rows(shown).map(([each]) => each.length), 0);
  return [
    `Usage: ${PROGRAM} ${usage}`, '', about, '',
    ...[...titles].flatMap((title) => [`${title}:`, ...twoColumns(rows(members(title)), width)]),
    'Options:', ...twoColumns([...rows(members(undefined)), ...COMMON], width),
    '', 'Examples:', ...twoColumns(examples.map(([line, what]) => [`${PROGRAM} ${line}`, what])),
  ].join('\n');
}

/** The help of the program: its commands, by name. */
export function formatProgramHelp(commands: readonly (readonly [string, string])[]): string {
  return [
    `Usage: ${PROGRAM} COMMAND [options]`, '', 'An emulated /proc/sys with a model of the memory-failure handler behind it.', '',
    `Commands (${PROGRAM} COMMAND --help explains one):`, ...twoColumns(commands), '', 'Options:', ...twoColumns(COMMON), '',
    'Examples:', ...twoColumns([
      [`${PROGRAM} mount /mnt --profile 7.3`, 'then: cat /mnt/control'],
      [`${PROGRAM} exec -- sysctl -a -r '^vm'`, 'an unmodified tool, on that machine'],
      [`${PROGRAM} replay /var/log`, 'what would have panicked here'],
    ]),
  ].join('\n');
}
