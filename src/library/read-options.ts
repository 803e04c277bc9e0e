import { machineSize } from '../kernel/kernel.ts';
import { layOutMemory, type MachineDescription } from '../kernel/memory/layout.ts';
import { LEAST_MEMORY, MOST_MEMORY } from '../kernel/memory/frames.ts';
import type { ProfileName } from '../kernel/profiles/names.ts';
import { PROFILES } from '../kernel/profiles/profiles.ts';
import type { SysctlValue } from '../kernel/sysctl/ctl-table.ts';
import type { MachineParts } from '../kernel/sysctl/machine-parts.ts';
import { machineSysctls } from '../kernel/sysctl/machine-sysctls.ts';
import { parseBootSetting } from '../machine/boot-setting.ts';
import { readMachineParts } from '../machine/machine-parts.ts';
import type { AssemblyOptions } from '../machine/assemble-machine.ts';
import { list, takes, unknownWord } from '../language/words.ts';
import { parseSize } from '../language/values.ts';
import { parseMachineFile } from '../machine-file/parse.ts';
import { MachineOptionError, type MachineOptions } from './machine.ts';

const DEFAULT_MEMORY = 1024 ** 3;
const SEEDS = 2 ** 32;

/** A check by option, of values whose type a caller without a compiler may get wrong: what it takes, and whether this is such. */
const CHECKS: { readonly [K in keyof Required<MachineOptions>]: readonly [what: string, holds: (value: unknown) => boolean] } = {
  profile: [list(Object.keys(PROFILES).map((name) => `'${name}'`), 'or'), (value) => typeof value === 'string' && Object.hasOwn(PROFILES, value)],
  memory: ["128M to 64T, as a number of bytes or a text such as '32G'", (value) => isMemory(bytesOf(value))],
  machineFile: ['the text of a machine file', (value) => typeof value === 'string'],
  seed: [`a whole number from 0 to ${SEEDS - 1}`, (value) => Number.isInteger(value) && (value as number) >= 0 && (value as number) < SEEDS],
  sysctls: ['an object of values by dotted name', (value) => typeof value === 'object' && value !== null],
  interfaces: ['an array of names of network interfaces', isTexts],
  modules: ['an array of names of kernel modules', isTexts],
  without: ["['ipv6'] or an empty array", isTexts],
  clock: ['a function that answers microseconds', (value) => typeof value === 'function'],
  startedAt: ['a valid Date', (value) => value instanceof Date && !Number.isNaN(value.getTime())],
};

/** What the model makes a machine of. @throws MachineOptionError of the first option that is wrong */
export function readOptions(options: MachineOptions): AssemblyOptions {
  for (const [name, value] of Object.entries(options)) if (value !== undefined) checkOption(name, value);
  const { profile = 'v4', seed = 0, clock = () => 0 } = options;
  const memory = memoryOf(options);
  const parts = partsOf(options);
  const settings = settingsOf(options.sysctls ?? {}, profile, layOutMemory(memory).memoryBytes, parts);
  return { profile, seed, clock: () => Math.floor(clock()), memory, parts, devices: true, ...settings };
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}

/** The parts of a machine with these options. @throws MachineOptionError */
export function partsOf({ interfaces = [], modules = [], without = [] }: Pick<MachineOptions, 'interfaces' | 'modules' | 'without'>): MachineParts {
  const parts = readMachineParts({ interfaces, modules, without });
  if (!('takes' in parts)) return parts;
  throw new MachineOptionError(takes(parts.part, parts.takes, parts.value));
}

/** Checks the value of one option of a machine. @throws MachineOptionError */
export function checkOption(name: string, value: unknown): void {
  if (!Object.hasOwn(CHECKS, name)) {
    const names = Object.keys(CHECKS);
    throw new MachineOptionError(unknownWord('option', name, names, `there are ${list(names, 'and')}`));
  }
  const [what, holds] = CHECKS[name as keyof MachineOptions];
  if (!holds(value)) throw new MachineOptionError(takes(name, what, String(value)));
}

function bytesOf(memory: unknown): number | undefined {
  return typeof memory === 'string' ? parseSize(memory) : typeof memory === 'number' ? memory : undefined;
}

function isMemory(bytes: number | undefined): boolean {
  return Number.isSafeInteger(bytes) && (bytes as number) >= LEAST_MEMORY && (bytes as number) <= MOST_MEMORY;
}

/** The memory of a machine with these options. @throws MachineOptionError */
export function memoryOf({ memory, machineFile }: Pick<MachineOptions, 'memory' | 'machineFile'>): MachineDescription {
  const memoryBytes = bytesOf(memory) ?? DEFAULT_MEMORY;
  if (machineFile === undefined) return { memoryBytes };
  const parsed = parseMachineFile(new TextEncoder().encode(machineFile), memoryBytes);
  if ('error' in parsed) throw new MachineOptionError(`machineFile:${parsed.error.line}: ${parsed.error.message}`);
  if (parsed.saysMemory && memory !== undefined)
    throw new MachineOptionError('memory and machineFile exclude each other here: the file says how much RAM there is, leave memory out');
  return parsed.description;
}

function settingsOf(
  sysctls: NonNullable<MachineOptions['sysctls']>, profile: ProfileName, memoryBytes: number, parts: MachineParts,
): Pick<AssemblyOptions, 'bootSettings' | 'bootParameters'> {
  const tables = machineSysctls(PROFILES[profile], parts);
  const bootSettings = new Map<string, SysctlValue>();
  const bootParameters = Object.entries(sysctls).map(([name, value]) => {
    const parsed = parseBootSetting(`${name}=${value}`, tables, { ...machineSize(memoryBytes), ...parts });
    if ('error' in parsed) throw new MachineOptionError(`sysctls: ${parsed.error}`);
    for (const [set, to] of parsed.sets) bootSettings.set(set, to);
    return `sysctl.${name}=${value}`;
  });
  return { bootSettings, bootParameters };
}
