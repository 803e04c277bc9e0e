import type { Argv } from 'yargs';
import { LOG_FORMATS, type LogFormatName } from '../daemon/log-format.ts';
import { machineSize } from '../kernel/kernel.ts';
import { LEAST_MEMORY, MOST_MEMORY } from '../kernel/memory/sizes.ts';
import { PROFILES, type ProfileName } from '../kernel/profile.ts';
import type { SysctlValue } from '../kernel/sysctl/ctl-table.ts';
import { parseBootSetting } from '../tree/boot-setting.ts';
import { SYSCTL_TABLES } from '../tree/tree.ts';
import { UsageError } from './host.ts';
import { parseSize } from '../tree/grammar/sizes.ts';

const GROUP = 'The machine:';
const SEEDS = 2 ** 32;

/** Options of every command that makes a machine. Each is checked as it is parsed: a bad one is a UsageError. */
export function machineOptions<T>(argv: Argv<T>) {
  return argv
    .option('profile', {
      group: GROUP,
      describe: 'which kernel: the patch series as posted, or what Linux 7.3 merged',
      type: 'string',
      choices: keys(PROFILES),
      default: 'v4',
      coerce: oneOf<ProfileName>('profile', keys(PROFILES)),
    })
    .option('memory', {
      group: GROUP,
      describe: 'RAM, such as 32G; 128M to 64T',
      type: 'string',
      requiresArg: true,
      default: '1G',
      coerce: size,
    })
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

/** What `--sysctl` came to: what to set at boot, and the boot parameters that say so. The first bad one is a UsageError. */
export function bootSettings(settings: readonly string[], memoryBytes: number): { values: Map<string, SysctlValue>; parameters: string[] } {
  const size = machineSize(memoryBytes);
  const values = new Map<string, SysctlValue>();
  const parameters = settings.map((setting) => {
    const parsed = parseBootSetting(setting, SYSCTL_TABLES, size);
    if ('error' in parsed) throw new UsageError(`--sysctl: ${parsed.error}`);
    for (const [name, value] of parsed.sets) values.set(name, value);
    return `sysctl.${setting.trim()}`;
  });
  return { values, parameters };
}

/** An option that means nothing twice. */
export function once(name: string): (given: string | readonly string[]) => string {
  return (given) => {
    if (typeof given === 'string') return given;
    throw new UsageError(`--${name} is given more than once: give it once`);
  };
}

/** One of a few words. */
export function oneOf<W extends string>(name: string, words: readonly W[]): (given: string | readonly string[]) => W {
  return (given) => {
    const word = once(name)(given);
    const found = words.find((each) => each === word);
    if (found !== undefined) return found;
    throw new UsageError(`--${name} takes ${words.slice(0, -1).join(', ')} or ${words.at(-1)}, not '${word}'`);
  };
}

function size(given: string | readonly string[]): number {
  const text = once('memory')(given);
  const bytes = parseSize(text);
  if (bytes !== undefined && bytes >= LEAST_MEMORY && bytes <= MOST_MEMORY) return bytes;
  throw new UsageError(`--memory takes 128M to 64T, such as 32G, not '${text}'`);
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
