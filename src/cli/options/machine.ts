import { shellWord } from '../../abi/printable.ts';
import { TRANSPORT_NAMES } from '../../fuse/transport.ts';
import type { MachineDescription } from '../../kernel/memory/layout.ts';
import { LEAST_MEMORY, MOST_MEMORY } from '../../kernel/memory/frames.ts';
import { LOG_FORMATS, type LogFormatName } from '../../kernel/printk/log-format.ts';
import { PROFILE_NAMES, PROFILE_ORIGINS, type ProfileName } from '../../kernel/profiles/names.ts';
import type { SysctlValue } from '../../kernel/sysctl/ctl-table.ts';
import { FEATURES, type MachineParts, type NetInterface, PLAIN_PARTS } from '../../kernel/sysctl/machine-parts.ts';
import { MODULE_NAMES } from '../../kernel/sysctl/modules/names.ts';
import { parseSize } from '../../language/values.ts';
import { takes } from '../../language/words.ts';
import type { FileSettings, MachineFile } from '../../machine-file/parse.ts';
import { readMachineParts } from '../../machine/machine-parts.ts';
import { UsageError } from '../exit-status.ts';
import { readWhole } from '../read-file.ts';
import { file, nonEmpty, oneOf, type OptionTable, type Setting, type Settings } from './option.ts';

const MACHINE = 'The machine';
const DAEMON = 'The daemon';

/** Options for the memory of a machine. */
export const MEMORY_OPTIONS = {
  memory: {
    kind: 'text', value: 'SIZE', group: MACHINE, describe: 'RAM, 128M to 64T', read: memorySize, fallback: 1024 ** 3, shownFallback: '1G', configured: 'at the next start',
  },
  machine: { ...file(), group: MACHINE, describe: 'where RAM is, what is in it, and who runs', fallback: undefined, configured: 'at the next start' },
} as const satisfies OptionTable;

/** The memory that those options describe, and how much of it is RAM, in bytes. @throws UsageError */
export async function describedMemory(
  { memory, machine }: Settings<typeof MEMORY_OPTIONS>,
): Promise<DescribedMemory> {
  const { value: path, called = '' } = machine;
  if (path === undefined) return { description: { memoryBytes: memory.value }, memoryBytes: memory.value, file: NO_SETTINGS };
  const { description, saysMemory, memoryBytes, settings } = await readMachineFile(path, called, memory.value);
  if (saysMemory && excludes(memory, called)) {
    const name = memory.called?.replace(/^.* /, '') ?? '';
    throw new UsageError(`${memory.called} and ${called} exclude each other here: ${shellWord(path)} says how much RAM there is, leave ${name} out`);
  }
  return { description, memoryBytes, file: settings, path };
}

/** The memory of a machine, and what else its file says. */
export interface DescribedMemory {
  readonly description: MachineDescription;
  /** RAM in bytes. */
  readonly memoryBytes: number;
  readonly file: FileSettings;
  /** The machine file, if there is one. */
  readonly path?: string;
}

const NO_SETTINGS: FileSettings = { interfaces: [], modules: [], sysctls: [] };

/** The settings, together with those of the machine file. An option comes after the value of the file, or replaces it. */
export function withMachineFile<S extends Settings<typeof MACHINE_OPTIONS>>(settings: S, described: DescribedMemory): S {
  const { profile, sysctls } = described.file;
  return {
    ...settings,
    ...namedParts(settings, described),
    ...(profile !== undefined && settings.profile.called === undefined && { profile: { value: profile } }),
    sysctl: [...inFile(sysctls, described), ...settings.sysctl],
  };
}

/** The same for the parts of a machine only. Interfaces that options name replace those of the file. */
export function namedParts(
  settings: Settings<typeof PARTS_OPTIONS>, described: DescribedMemory,
): Pick<Settings<typeof PARTS_OPTIONS>, 'interface' | 'module'> {
  const { interfaces, modules } = described.file;
  return {
    interface: settings.interface.length > 0 ? settings.interface : inFile(interfaces, described),
    module: [...inFile(modules, described), ...settings.module],
  };
}

function inFile(texts: FileSettings['sysctls'], { path = '' }: DescribedMemory): Setting<string>[] {
  return texts.map(({ line, text }) => ({ value: text, called: `${shellWord(path)}:${line}` }));
}

/** The memory of this host, and its kernel, interfaces, modules and sysctls: `--like-host`. @throws UsageError if --machine or --memory is given too */
export async function hostMemory(settings: Settings<typeof MACHINE_OPTIONS>): Promise<DescribedMemory> {
  const { memory, machine } = settings;
  const other = [memory, machine].find(({ called }) => called !== undefined && isOption(called))?.called;
  if (other !== undefined) throw new UsageError(`--like-host takes the memory of this host: leave ${other} out`);
  const { hostMachineFile } = await import('../../daemon/host-machine.ts');
  const { parseMachineFile } = await import('../../machine-file/parse.ts');
  const { layOutMemory } = await import('../../kernel/memory/layout.ts');
  const { value: profile, called } = settings.profile;
  const parsed = parseMachineFile(new TextEncoder().encode(hostMachineFile(called === undefined ? undefined : profile)), memory.value);
  if ('error' in parsed) throw new UsageError(`this host cannot be described, line ${parsed.error.line} of vmsysctld machine --from-host: ${parsed.error.message}`);
  return { description: parsed.description, memoryBytes: layOutMemory(parsed.description).memoryBytes, file: parsed.settings, path: '--like-host' };
}

/**
 * The machine that a file describes, and its RAM in bytes: `memoryBytes` if the file gives no size. @throws UsageError of one line,
 * `FILE:LINE: …`
 */
async function readMachineFile(path: string, called: string, memoryBytes: number): Promise<MachineFile & { readonly memoryBytes: number }> {
  // The parser needs the model, so it is loaded only for such a file.
  const { LONGEST_MACHINE_FILE, parseMachineFile } = await import('../../machine-file/parse.ts');
  const { layOutMemory } = await import('../../kernel/memory/layout.ts');
  const read = await readWhole(path, { called, longest: LONGEST_MACHINE_FILE, noSuch: 'description of a machine' });
  const parsed = parseMachineFile(read?.bytes ?? new Uint8Array(), memoryBytes);
  if ('error' in parsed) throw new UsageError(`${shellWord(path)}:${parsed.error.line}: ${parsed.error.message}`);
  return { ...parsed, memoryBytes: layOutMemory(parsed.description).memoryBytes };
}

/**
 * Whether `--memory` and a machine file exclude each other. A machine file of the command line replaces a memory size of a configuration
 * file.
 */
function excludes({ called }: Setting, machine: string): boolean {
  return called !== undefined && (isOption(called) || !isOption(machine));
}

function isOption(called: string): boolean {
  return called.startsWith('--');
}

function memorySize(text: string, called: string): number {
  const bytes = parseSize(text);
  if (bytes !== undefined && bytes >= LEAST_MEMORY && bytes <= MOST_MEMORY) return bytes;
  throw new UsageError(takes(called, '128M to 64T, such as 32G', text));
}

/** Options for the parts of a machine that decide which sysctls it has. */
export const PARTS_OPTIONS = {
  interface: { kind: 'list', value: 'NAME', group: MACHINE, describe: 'a network interface besides lo; may be repeated', configured: 'at the next start' },
  module: {
    kind: 'list', value: 'NAME', words: MODULE_NAMES, group: MACHINE, describe: 'a kernel module; may be repeated', configured: 'at the next start',
  },
  without: { ...oneOf(FEATURES), value: 'FEATURE', group: MACHINE, describe: 'a feature that the kernel lacks', fallback: undefined, configured: 'at the next start' },
} as const satisfies OptionTable;

/**
 * The parts that those options describe. Without `--interface` the interfaces are `unless`: lo, or those that a command sees anyway.
 * @throws UsageError for the first bad one
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

const SEEDS = 2 ** 32;

/** Options of every command that makes a machine. */
export const MACHINE_OPTIONS = {
  profile: {
    ...oneOf<ProfileName>(PROFILE_NAMES), value: 'KERNEL', group: MACHINE, describe: 'which kernel', fallback: 'v4', configured: 'at the next start',
    meanings: PROFILE_ORIGINS,
  },
  ...MEMORY_OPTIONS,
  seed: {
    kind: 'text', value: 'N', group: MACHINE, describe: 'fixes every random choice', read: seed, fallback: undefined, configured: 'at the next start',
  },
  sysctl: {
    kind: 'list', value: 'NAME=VALUE', beginnings: settableSysctls, group: MACHINE, describe: 'a boot-time value; may be repeated',
    configured: 'at the next boot',
  },
  ...PARTS_OPTIONS,
} as const satisfies OptionTable;

/** The format of the log. */
export const LOG_FORMAT = {
  ...oneOf<LogFormatName>(keys(LOG_FORMATS)), value: 'FORMAT', describe: 'the format of its lines', fallback: 'dmesg', configured: 'at once',
} as const;

/** How much the program reports on standard error. */
export const VERBOSE = { kind: 'flag', describe: 'report more on standard error', configured: 'at once' } as const;

/** The seed that was given, or a random one. */
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

/** Options of `vmsysctld mount` beside those of the machine. */
export const MOUNT_OPTIONS = {
  log: { ...file(), group: DAEMON, describe: 'the dmesg-style log', fallback: undefined, configured: 'at once' },
  'log-format': { ...LOG_FORMAT, group: DAEMON },
  subtree: {
    kind: 'text', value: 'PATH', group: DAEMON, describe: 'mount this directory of the tree alone', read: nonEmpty, fallback: undefined, configured: 'at the next start',
  },
  'allow-other': { kind: 'flag', group: DAEMON, describe: 'let users other than you and root in', configured: 'at the next start' },
  transport: { ...oneOf(TRANSPORT_NAMES), value: 'HOW', group: DAEMON, describe: 'how Linux asks for the files', fallback: 'auto', configured: 'at the next start' },
  verbose: { ...VERBOSE, group: DAEMON },
} as const satisfies OptionTable;

/** The values to set at a boot, and the boot parameters for them. */
interface BootSettings {
  readonly values: Map<string, SysctlValue>;
  readonly parameters: string[];
}

/** A sysctl that the kernel lacks and another kernel has. */
export class MissingSysctl extends UsageError {}

/** `NAME=` of every sysctl that keeps a value, of any kernel with the interface lo. */
async function settableSysctls(): Promise<string[]> {
  const [{ PROFILES }, { machineSysctls }] = await Promise.all([import('../../kernel/profiles/profiles.ts'), import('../../kernel/sysctl/machine-sysctls.ts')]);
  const names = Object.values(PROFILES).flatMap((profile) => machineSysctls(profile, PLAIN_PARTS))
    .filter(({ mode, boot }) => (mode & 0o200) !== 0 && boot !== undefined).map(({ name }) => `${name}=`);
  return [...new Set(names)].sort();
}

/**
 * The values that the `sysctl` options set when such a kernel boots. Checking them needs the whole model, which is loaded only if there are
 * any. @throws UsageError for the first bad one
 */
export async function bootSettings(
  settings: readonly Setting<string>[], profile: ProfileName, memoryBytes: number, parts: MachineParts = PLAIN_PARTS,
): Promise<BootSettings> {
  if (settings.length === 0) return { values: new Map(), parameters: [] };
  const [{ PROFILES }, { machineSize }, { machineSysctls }, { parseBootSetting }] = await Promise.all([
    import('../../kernel/profiles/profiles.ts'), import('../../kernel/kernel.ts'), import('../../kernel/sysctl/machine-sysctls.ts'), import('../../machine/boot-setting.ts'),
  ]);
  const tables = machineSysctls(PROFILES[profile], parts);
  const size = { ...machineSize(PROFILES[profile], memoryBytes), ...parts };
  const values = new Map<string, SysctlValue>();
  const parameters = settings.map(({ value: setting, called }) => {
    const parsed = parseBootSetting(setting, tables, size);
    if ('error' in parsed) throw new (parsed.otherKernels ? MissingSysctl : UsageError)(`${called}: ${parsed.error}`);
    for (const [name, each] of parsed.sets) values.set(name, each);
    return `sysctl.${setting.trim()}`;
  });
  return { values, parameters };
}
