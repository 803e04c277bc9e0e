import { LOG_FORMATS, type LogFormatName } from '../../kernel/printk/log-format.ts';
import { PROFILE_NAMES, type ProfileName } from '../../kernel/profiles/names.ts';
import { PROFILES } from '../../kernel/profiles/profiles.ts';
import { takes } from '../../language/words.ts';
import { UsageError } from '../exit-status.ts';
import { MEMORY_OPTIONS } from './memory.ts';
import { oneOf, type OptionTable } from './option.ts';
import { PARTS_OPTIONS } from './parts.ts';

const group = 'The machine';
const SEEDS = 2 ** 32;

/** Options of every command that makes a machine. */
export const MACHINE_OPTIONS = {
  profile: {
    ...oneOf<ProfileName>(PROFILE_NAMES), value: 'KERNEL', group, describe: 'which kernel', fallback: 'v4', configured: 'at the next start',
    meanings: Object.fromEntries(PROFILE_NAMES.map((name) => [name, PROFILES[name].origin])),
  },
  ...MEMORY_OPTIONS,
  seed: {
    kind: 'text', value: 'N', group, describe: 'fixes every random choice', read: seed, fallback: undefined, configured: 'at the next start',
  },
  sysctl: { kind: 'list', value: 'NAME=VALUE', group, describe: 'a boot-time value; may be repeated', configured: 'at the next boot' },
  ...PARTS_OPTIONS,
} as const satisfies OptionTable;

/** How the log looks. */
export const LOG_FORMAT = {
  ...oneOf<LogFormatName>(keys(LOG_FORMATS)), value: 'FORMAT', describe: 'how its lines look', fallback: 'dmesg', configured: 'at once',
} as const;

/** How much the program tells of itself. */
export const VERBOSE = { kind: 'flag', describe: 'tell more on standard error', configured: 'at once' } as const;

/** The seed that was given, or one of chance. */
export function chosenSeed(given: number | undefined): number {
  return given ?? Math.floor(Math.random() * SEEDS);
}

function seed(text: string, called: string): number {
  const value = /^[0-9]+$/.test(text) ? Number(text) : NaN;
  if (value < SEEDS) return value;
  throw new UsageError(takes(called, `a whole number from 0 to ${SEEDS - 1}`, text));
}

function keys<K extends string>(table: Readonly<Record<K, unknown>>): K[] {
  return Object.keys(table) as K[];
}
