import type { Argv, CommandModule } from 'yargs';
import { LEAST_MEMORY } from '../kernel/memory/sizes.ts';
import { VIAS } from '../kernel/memory-failure/via.ts';
import { type ProfileName, PROFILES } from '../kernel/profile.ts';
import { MATRIX_VIAS, type MatrixVia } from '../tree/matrix/cases.ts';
import { ARMED, matrix } from '../tree/matrix/matrix.ts';
import { bootSettings } from './boot-settings.ts';
import { type Host, UsageError } from './host.ts';
import { MATRIX_FORMS, type MatrixForm } from './matrix-forms.ts';
import { oneOf } from './once.ts';

const ALL_PROFILES = Object.keys(PROFILES) as ProfileName[];
const PROFILE_WORDS = [...ALL_PROFILES, 'both'] as const;
const VIA_WORDS = [...MATRIX_VIAS, 'all'] as const;

function options<T>(argv: Argv<T>) {
  return argv
    .option('profile', {
      describe: 'which kernel',
      type: 'string',
      choices: PROFILE_WORDS,
      default: 'both',
      coerce: oneOf<(typeof PROFILE_WORDS)[number]>('profile', PROFILE_WORDS),
    })
    .option('via', {
      describe: 'how the error comes, or soft-offline',
      type: 'string',
      choices: VIA_WORDS,
      default: 'hard',
      coerce: oneOf<(typeof VIA_WORDS)[number]>('via', VIA_WORDS),
    })
    .option('sysctl', { describe: 'a boot-time value, NAME=VALUE; may be repeated', type: 'string', array: true, nargs: 1, default: [] as string[] })
    .option('json', { describe: 'JSON objects, one a line: via, type, race, profile, result, panics, lines', type: 'boolean', default: false })
    .option('tsv', { describe: 'the same, with tabs between, and a line of names first', type: 'boolean', default: false })
    .example('$0 matrix', 'what panics, and what the kernel prints')
    .example("$0 matrix --json | jq -r 'select(.panics) | .profile + \" \" + .type'", 'only what panics');
}

/** `vmsysctld matrix`: what an error in each type of page comes to, under each kernel, by running the model. */
export function matrixCommand(host: Host): CommandModule<object, ReturnType<typeof options> extends Argv<infer A> ? A : never> {
  return {
    command: 'matrix',
    describe: 'show what an error in each type of page comes to, under each kernel',
    builder: (argv) => options(argv),
    handler(args) {
      if (args.json && args.tsv) throw new UsageError('--json and --tsv exclude each other: give one of them');
      const form: MatrixForm = MATRIX_FORMS[args.json ? 'json' : args.tsv ? 'tsv' : 'table'];
      const profiles = args.profile === 'both' ? ALL_PROFILES : [args.profile];
      const { values, parameters } = bootSettings(args.sysctl, LEAST_MEMORY);
      for (const line of form.head ?? []) host.print(line);
      const vias = args.via === 'all' ? MATRIX_VIAS : [args.via];
      for (const [index, via] of vias.entries()) {
        const rows = matrix(via, profiles, values);
        if (form === MATRIX_FORMS.table) for (const line of [...(index > 0 ? [''] : []), ...title(via, profiles, parameters)]) host.print(line);
        for (const line of form.lines(via, rows)) host.print(line);
      }
    },
  };
}

/** What a table shows. */
function title(via: MatrixVia, profiles: readonly ProfileName[], parameters: readonly string[]): string[] {
  const said = parameters.map((parameter) => parameter.replace(/^sysctl\./, ''));
  const settings = said.some((each) => each.startsWith(ARMED)) ? said : [`${ARMED}=1`, ...said];
  const way = via === 'soft-offline' ? '/sys/devices/system/memory/soft_offline_page' : VIAS[via].split(':')[0];
  return [`${via}: ${way}`, settings.join(' '), ...(profiles.length > 1 ? ['* the kernels differ'] : []), ''];
}
