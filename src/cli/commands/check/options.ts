import { SEVERITIES } from '../../../check/finding.ts';
import { TOOL_NAMES } from '../../../check/tools/tool-names.ts';
import type { ProfileName } from '../../../kernel/profiles/names.ts';
import { PROFILES } from '../../../kernel/profiles/profiles.ts';
import { list, takes } from '../../../language/words.ts';
import { UsageError } from '../../exit-status.ts';
import { MEMORY_OPTIONS, PARTS_OPTIONS } from '../../options/machine.ts';
import { nonEmpty, oneOf, type OptionTable } from '../../options/option.ts';

const READING = 'What is read';
const WRITING = 'What is written';

const ALL_PROFILES = Object.keys(PROFILES) as ProfileName[];
export const FORMATS = ['table', 'github', 'gitlab', 'sarif', 'checkstyle'] as const;
const FAIL_ON = [...SEVERITIES, 'never'] as const;

/** Options of `vmsysctld check`. */
export const CHECK_TABLE = {
  profile: {
    kind: 'text', value: 'KERNEL,…', words: ['all', ...ALL_PROFILES], commas: true, group: 'The machine', describe: 'which kernels',
    read: profiles, fallback: ALL_PROFILES, shownFallback: 'all',
  },
  ...MEMORY_OPTIONS,
  ...PARTS_OPTIONS,
  like: { ...oneOf(TOOL_NAMES), value: 'TOOL', group: READING, describe: 'the tool that applies the files', fallback: 'systemd' },
  root: { kind: 'text', value: 'DIR', group: READING, describe: 'read /etc/sysctl.d and its like below it', read: nonEmpty, fallback: undefined },
  'host-from-path': { kind: 'flag', group: READING, describe: 'each directory with such files is another host' },
  format: { ...oneOf(FORMATS), value: 'HOW', group: WRITING, describe: 'the format', fallback: 'table' },
  json: { kind: 'flag', group: WRITING, describe: 'one JSON object per line for each finding' },
  'fail-on': { ...oneOf(FAIL_ON), value: 'LEVEL', group: WRITING, describe: 'the least severity that exits with 1', fallback: 'error' },
} as const satisfies OptionTable;

function profiles(text: string, called: string): readonly ProfileName[] {
  if (text === 'all') return ALL_PROFILES;
  const names = text.split(',').filter((name) => name !== '');
  const unknown = names.find((name) => !ALL_PROFILES.some((each) => each === name));
  if (unknown !== undefined || names.length === 0) throw new UsageError(takes(called, `all, or kernels of ${list(ALL_PROFILES, 'and')} with commas between`, unknown ?? text));
  return ALL_PROFILES.filter((name) => names.includes(name));
}
