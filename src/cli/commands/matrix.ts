import { LEAST_MEMORY } from '../../kernel/memory/sizes.ts';
import { VIAS } from '../../kernel/memory-failure/via.ts';
import { PROFILE_NAMES, type ProfileName } from '../../kernel/profiles/names.ts';
import { MATRIX_VIAS, type MatrixVia } from '../../machine/matrix/cases.ts';
import { PANIC_SYSCTL, matrix } from '../../machine/matrix/matrix.ts';
import { bootSettings } from '../options/boot-settings.ts';
import type { HelpfulCommand } from '../command.ts';
import type { CliContext } from '../context.ts';
import { UsageError } from '../exit-status.ts';
import { MATRIX_FORMS, type MatrixForm } from './matrix-forms.ts';
import { declare } from '../options/declare.ts';
import { oneOf, type OptionTable } from '../options/option.ts';
import { plain, resolveSettings } from '../options/settings.ts';

/** Kernels by what `--profile` can say besides the name of one: `both` are those that have the sysctl. */
const GROUPS = { both: ['v4', '7.3'], all: PROFILE_NAMES } as const;
const PROFILE_WORDS = [...PROFILE_NAMES, 'both', 'all'] as const;
const VIA_WORDS = [...MATRIX_VIAS, 'all'] as const;

const MATRIX_TABLE = {
  via: { ...oneOf<(typeof VIA_WORDS)[number]>(VIA_WORDS), value: 'WAY', describe: 'how', fallback: 'hard' },
  profile: { ...oneOf<(typeof PROFILE_WORDS)[number]>(PROFILE_WORDS), value: 'KERNEL', describe: 'which kernel', fallback: 'both' },
  sysctl: { kind: 'list', value: 'NAME=VALUE', describe: 'a boot-time value; may be repeated' },
  json: { kind: 'flag', describe: 'JSON objects, one a line' },
  tsv: { kind: 'flag', describe: 'the same with tabs between, names first' },
} as const satisfies OptionTable;

/** `vmsysctld matrix`: what an error in each type of page comes to, under each kernel, by running the model. */
export function matrixCommand(context: CliContext): HelpfulCommand {
  return {
    command: 'matrix',
    builder: (argv) => declare(argv, MATRIX_TABLE),
    help: {
      usage: 'matrix [options]',
      about: 'Shows what an error in each type of page comes to, under each kernel: what it\nprints, what write(2) returns, and whether it panics.',
      options: MATRIX_TABLE,
      operands: { completion: { with: 'words', words: [] }, most: 0 },
      examples: [
        ['matrix', 'all of it'],
        ["matrix --json | jq -r 'select(.panics) | .type'", 'only what panics'],
      ],
    },
    async handler(given) {
      const settings = resolveSettings(MATRIX_TABLE, given);
      const args = plain<typeof MATRIX_TABLE>(settings);
      if (args.json && args.tsv) throw new UsageError('--json and --tsv exclude each other: give one of them');
      const form: MatrixForm = MATRIX_FORMS[args.json ? 'json' : args.tsv ? 'tsv' : 'table'];
      const profiles: readonly ProfileName[] = args.profile === 'both' || args.profile === 'all' ? GROUPS[args.profile] : [args.profile];
      const { values, parameters } = await bootSettings(settings.sysctl, profiles[0] ?? 'v4', LEAST_MEMORY);
      for (const line of form.head ?? []) context.print(line);
      const vias = args.via === 'all' ? MATRIX_VIAS : [args.via];
      for (const [index, via] of vias.entries()) {
        const rows = matrix(via, profiles, values);
        if (form === MATRIX_FORMS.table) for (const line of [...(index > 0 ? [''] : []), ...title(via, profiles, parameters)]) context.print(line);
        for (const line of form.lines(via, rows)) context.print(line);
      }
    },
  };
}

/** What a table shows. */
function title(via: MatrixVia, profiles: readonly ProfileName[], parameters: readonly string[]): string[] {
  const said = parameters.map((parameter) => parameter.replace(/^sysctl\./, ''));
  const settings = said.some((each) => each.startsWith(PANIC_SYSCTL)) ? said : [`${PANIC_SYSCTL}=1`, ...said];
  const way = via === 'soft-offline' ? '/sys/devices/system/memory/soft_offline_page' : VIAS[via].split(':')[0];
  return [`${via}: ${way}`, settings.join(' '), ...(profiles.length > 1 ? ['* the kernels differ'] : []), ''];
}
