import { FEATURES, LOOPBACK, type MachineParts, netInterface } from '../kernel/sysctl/machine-parts.ts';
import { MODULE_NAMES, withNeeded } from '../kernel/sysctl/modules/names.ts';
import { list, nearest } from '../language/words.ts';

/** The parts of a machine, as they are given by name. */
export interface NamedParts {
  readonly interfaces: readonly string[];
  readonly modules: readonly string[];
  readonly without: readonly string[];
}

/** A name that is wrong, and what would be right: `the name of a network interface, such as eth0`. */
export interface WrongPart {
  readonly part: keyof NamedParts;
  readonly value: string;
  readonly takes: string;
}

/**
 * Reads the names of parts. The interface lo is always there, and comes first; a name given twice counts once. Modules that others need come with
 * them, and before; as for modprobe(8), `-` in a module's name is `_`.
 */
export function readMachineParts({ interfaces, modules, without }: NamedParts): MachineParts | WrongPart {
  const found = [LOOPBACK];
  for (const name of new Set(interfaces)) {
    const each = netInterface(name);
    if (each === undefined) return wrong('interfaces', name, 'the name of a network interface, such as eth0 or eth0.100');
    if (each !== LOOPBACK) found.push(each);
  }
  const moduleName = (given: string): string => given.replaceAll('-', '_');
  const unknownModule = modules.find((name) => !MODULE_NAMES.includes(moduleName(name)));
  if (unknownModule !== undefined) return wrong('modules', unknownModule, moduleTakes(moduleName(unknownModule)));
  const unknownFeature = without.find((name) => !FEATURES.some((feature) => feature === name));
  if (unknownFeature !== undefined) return wrong('without', unknownFeature, list(FEATURES, 'or'));
  return { interfaces: found, modules: withNeeded(modules.map(moduleName)), without: FEATURES.filter((feature) => without.includes(feature)) };
}

/** What a module's name may be, with the nearest one: there are too many for a line. */
function moduleTakes(name: string): string {
  return `a module such as ${nearest(name, MODULE_NAMES) ?? 'nf_conntrack'} (vmsysctld(8) lists all under MODULES)`;
}

function wrong(part: keyof NamedParts, value: string, takes: string): WrongPart {
  return { part, value, takes };
}
