import { FEATURES, type MachineParts, type NetInterface } from '../../kernel/sysctl/machine-parts.ts';
import { MODULE_NAMES } from '../../kernel/sysctl/modules/names.ts';
import { readMachineParts } from '../../machine/machine-parts.ts';
import { takes } from '../../language/words.ts';
import { UsageError } from '../exit-status.ts';
import { oneOf, type OptionTable } from './option.ts';
import type { Setting, Settings } from './settings.ts';

const group = 'The machine';

/** Options that say what of the network a machine has, which decides about files below /proc/sys/net. */
export const PARTS_OPTIONS = {
  interface: { kind: 'list', value: 'NAME', group, describe: 'a network interface beside lo; may be repeated', configured: 'at the next start' },
  module: {
    kind: 'list', value: 'NAME', words: MODULE_NAMES, group, describe: 'a kernel module; may be repeated', configured: 'at the next start',
  },
  without: { ...oneOf(FEATURES), value: 'FEATURE', group, describe: 'a kernel that does without', fallback: undefined, configured: 'at the next start' },
} as const satisfies OptionTable;

/**
 * What those options come to. The interfaces that nobody gave are `unless`: lo, or those a command sees anyway.
 * @throws UsageError of the first bad one
 */
export function describedParts(settings: Settings<typeof PARTS_OPTIONS>, unless: readonly NetInterface[] = []): MachineParts {
  const values = (given: readonly Setting<string>[]): string[] => given.map(({ value }) => value);
  const without = settings.without.value;
  const parts = readMachineParts({
    interfaces: values(settings.interface), modules: values(settings.module), without: without === undefined ? [] : [without],
  });
  if ('takes' in parts) {
    const given = parts.part === 'interfaces' ? settings.interface : settings.module;
    throw new UsageError(takes(given.find(({ value }) => value === parts.value)?.called ?? '', parts.takes, parts.value));
  }
  return settings.interface.length > 0 || unless.length === 0 ? parts : { ...parts, interfaces: unless };
}
