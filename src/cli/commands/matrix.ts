import { VIAS } from '../../kernel/memory-failure/injection.ts';
import { LEAST_MEMORY } from '../../kernel/memory/frames.ts';
import { PROFILE_NAMES, type ProfileName } from '../../kernel/profiles/names.ts';
import type { SysctlValue } from '../../kernel/sysctl/ctl-table.ts';
import { columns, folded } from '../../language/columns.ts';
import { list } from '../../language/words.ts';
import { hasPanicSysctl, matrix, MATRIX_VIAS, type MatrixRow, type MatrixVia, PANIC_SYSCTL } from '../../machine/matrix.ts';
import type { CliContext, HelpfulCommand } from '../command.ts';
import { UsageError } from '../exit-status.ts';
import { bootSettings, MissingSysctl } from '../options/machine.ts';
import { oneOf, type OptionTable, type Setting, settingValues, resolveSettings } from '../options/option.ts';

/** Kernels by what `--profile` takes besides the name of one: `both` are those that have the sysctl. */
const GROUPS = { both: ['v4', '7.3'], all: PROFILE_NAMES } as const;
const PROFILE_WORDS = [...PROFILE_NAMES, 'both', 'all'] as const;
const VIA_WORDS = [...MATRIX_VIAS, 'all'] as const;

const MATRIX_TABLE = {
  via: { ...oneOf<(typeof VIA_WORDS)[number]>(VIA_WORDS), value: 'WAY', describe: '', fallback: 'hard' },
  profile: { ...oneOf<(typeof PROFILE_WORDS)[number]>(PROFILE_WORDS), value: 'KERNEL', describe: 'which kernel', fallback: 'both' },
  sysctl: { kind: 'list', value: 'NAME=VALUE', describe: 'a boot-time value; may be repeated' },
  json: { kind: 'flag', describe: 'one JSON object per line' },
  tsv: { kind: 'flag', describe: 'the same, separated by tabs, after a line of names' },
} as const satisfies OptionTable;

/** `vmsysctld matrix`: what an error in each type of page does, under each kernel, by running the model. */
export function matrixCommand(context: CliContext): HelpfulCommand {
  return {
    help: {
      usage: 'matrix [options]',
      about: 'Shows what an error in each type of page does, under each kernel: what it\nprints, what write(2) returns, and whether it panics.',
      options: MATRIX_TABLE,
      operands: { completion: { with: 'words', words: [] }, most: 0 },
      examples: [
        ['matrix', 'everything'],
        ["matrix --json | jq -r 'select(.panics) | .type'", 'only what panics'],
      ],
    },
    async run(given) {
      const settings = resolveSettings(MATRIX_TABLE, given);
      const args = settingValues<typeof MATRIX_TABLE>(settings);
      if (args.json && args.tsv) throw new UsageError('--json and --tsv exclude each other: give one of them');
      const form: MatrixForm = MATRIX_FORMS[args.json ? 'json' : args.tsv ? 'tsv' : 'table'];
      const profiles: readonly ProfileName[] = args.profile === 'both' || args.profile === 'all' ? GROUPS[args.profile] : [args.profile];
      const byKernel = await settingsByKernel(settings.sysctl, profiles);
      for (const line of form.head ?? []) context.print(line);
      const vias = args.via === 'all' ? MATRIX_VIAS : [args.via];
      for (const [index, via] of vias.entries()) {
        const rows = matrix(via, profiles, (profile) => byKernel.get(profile) ?? new Map<string, SysctlValue>());
        if (form === MATRIX_FORMS.table) for (const line of [...(index > 0 ? [''] : []), ...title(via, profiles, settings.sysctl.map(({ value }) => value.trim()))]) context.print(line);
        for (const line of form.lines(via, rows)) context.print(line);
      }
    },
  };
}

/** What the `sysctl` options set on each of these kernels. A kernel that lacks one goes without it, if another has it. @throws UsageError */
async function settingsByKernel(
  settings: readonly Setting<string>[], profiles: readonly ProfileName[],
): Promise<ReadonlyMap<ProfileName, ReadonlyMap<string, SysctlValue>>> {
  const byKernel = new Map<ProfileName, Map<string, SysctlValue>>(profiles.map((profile) => [profile, new Map<string, SysctlValue>()]));
  for (const setting of settings) {
    const lacking: MissingSysctl[] = [];
    for (const profile of profiles) {
      try {
        const { values } = await bootSettings([setting], profile, LEAST_MEMORY);
        for (const [name, value] of values) byKernel.get(profile)?.set(name, value);
      } catch (error) {
        if (!(error instanceof MissingSysctl)) throw error;
        lacking.push(error);
      }
    }
    if (lacking[0] !== undefined && lacking.length === profiles.length) throw lacking[0];
  }
  return byKernel;
}

/** The content of a table. */
function title(via: MatrixVia, profiles: readonly ProfileName[], named: readonly string[]): string[] {
  const settings = named.some((each) => each.startsWith(PANIC_SYSCTL)) ? named : [`${PANIC_SYSCTL}=1`, ...named];
  const way = via === 'soft-offline' ? '/sys/devices/system/memory/soft_offline_page' : VIAS[via].split(':')[0];
  const lacking = profiles.filter((profile) => !hasPanicSysctl(profile));
  return [
    `${via}: ${way}`, settings.join(' '), ...(lacking.length > 0 ? [`${PANIC_SYSCTL} is not on ${list(lacking, 'and')}`] : []),
    ...(profiles.length > 1 ? ['* the kernels differ'] : []), '',
  ];
}

/** A form in which the matrix is printed. */
export interface MatrixForm {
  /** Lines before all rows. */
  readonly head?: readonly string[];
  /** The lines for the errors of one entry. */
  readonly lines: (via: MatrixVia, rows: readonly MatrixRow[]) => readonly string[];
}

/** The least widths of the columns: the table of one or two kernels fits into 120 columns. */
const WIDTHS = { mark: 1, page: 18, printed: [81, 32], result: 15 } as const;

export const MATRIX_FORMS = {
  /** For people: the kernels side by side, with `same` where one does the same as the one before it, and a star before a row with differences. */
  table: { lines: tableLines },
  /** A line for each page, entry and kernel, with tabs between. The printed lines are joined by ` | `. */
  tsv: {
    head: [['via', 'type', 'race', 'profile', 'result', 'panics', 'lines'].join('\t')],
    lines: (via, rows) => rows.flatMap(({ type, race = '', outcomes }) =>
      outcomes.map(({ profile, result, panics, lines }) => [via, type, race, profile, result, panics, lines.join(' | ')].join('\t'))),
  },
  /** The same as JSON objects, one a line. */
  json: {
    lines: (via, rows) => rows.flatMap(({ type, race = null, outcomes }) =>
      outcomes.map(({ profile, result, panics, lines }) => JSON.stringify({ via, type, race, profile, result, panics, lines }))),
  },
} as const satisfies Record<string, MatrixForm>;

function tableLines(_via: MatrixVia, rows: readonly MatrixRow[]): string[] {
  const profiles = rows[0]?.outcomes.map(({ profile }) => profile) ?? [];
  const printed = profiles.length > 1 ? WIDTHS.printed[1] : WIDTHS.printed[0];
  const head = ['', 'page', ...profiles.flatMap((profile) => [`${profile} prints`, 'write(2)'])];
  const cells = rows.map(({ type, race, outcomes, differs }) => [
    differs ? '*' : '', race === undefined ? type : `${type}\nrace=${race}`,
    ...outcomes.flatMap(({ lines, result, panics }, at) =>
      at > 0 && isSame(outcomes[at - 1], outcomes[at]) ? ['same', ''] : [lines.flatMap((line) => folded(line, printed, '  ')).join('\n'), panics ? `${result}, panics` : result]),
  ]);
  return columns([head, ...cells], { least: [WIDTHS.mark, WIDTHS.page, ...profiles.flatMap(() => [printed, WIDTHS.result])], gap: ' ' });
}

function isSame(before: MatrixRow['outcomes'][number] | undefined, outcome: MatrixRow['outcomes'][number] | undefined): boolean {
  const comparable = (each: typeof outcome): string => JSON.stringify({ ...each, profile: undefined });
  return comparable(before) === comparable(outcome);
}
