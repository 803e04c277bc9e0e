import type { Argv } from 'yargs';
import { LOG_FORMATS, type LogFormatName } from '../kernel/printk/log-format.ts';
import { PROFILES, type ProfileName } from '../kernel/profile.ts';
import { UsageError } from './host.ts';
import { memoryOptions } from './memory-options.ts';
import { once, oneOf } from './once.ts';

const GROUP = 'The machine:';
const SEEDS = 2 ** 32;

/** Options of every command that makes a machine. Each is checked as it is parsed: a bad one is a UsageError. */
export function machineOptions<T>(argv: Argv<T>) {
  const ofProfile = argv
    .option('profile', {
      group: GROUP,
      describe: 'which kernel: the patch series as posted, or what Linux 7.3 merged',
      type: 'string',
      choices: keys(PROFILES),
      default: 'v4',
      coerce: oneOf<ProfileName>('profile', keys(PROFILES)),
    });
  return memoryOptions(ofProfile, GROUP)
    .option('seed', {
      group: GROUP,
      describe: 'fixes every random choice',
      type: 'string',
      requiresArg: true,
      defaultDescription: 'another every time',
      coerce: seed,
    })
    .option('sysctl', {
      group: GROUP,
      describe: 'a boot-time value, NAME=VALUE; may be repeated',
      type: 'string',
      array: true,
      nargs: 1,
      default: [] as string[],
    })
    .option('log', {
      group: GROUP,
      describe: 'the dmesg-style log',
      type: 'string',
      requiresArg: true,
      defaultDescription: 'the state directory',
      coerce: once('log'),
    })
    .option('log-format', {
      group: GROUP,
      describe: 'how its lines look',
      type: 'string',
      choices: keys(LOG_FORMATS),
      default: 'dmesg',
      coerce: oneOf<LogFormatName>('log-format', keys(LOG_FORMATS)),
    });
}

function seed(given: string | readonly string[]): number {
  const text = once('seed')(given);
  const value = /^[0-9]+$/.test(text) ? Number(text) : NaN;
  if (value < SEEDS) return value;
  throw new UsageError(`--seed takes a whole number from 0 to ${SEEDS - 1}, not '${text}'`);
}

function keys<K extends string>(table: Readonly<Record<K, unknown>>): K[] {
  return Object.keys(table) as K[];
}
