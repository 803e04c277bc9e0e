import type { LogLevel } from '../../abi/log-level.ts';
import { compareVersions, existsIn, isOlder, type KernelVersion } from '../version.ts';
import type { CtlTable, OlderRow } from './ctl-table.ts';
import type { KernelSysctls } from './kernel-sysctls.ts';
import type { MachineParts, NetInterface } from './machine-parts.ts';
import { MODULES } from './modules/modules.ts';
import { netInterfaceSysctls } from './tables/net.ts';
import { SYSCTL_DIRECTORIES, SYSCTLS } from './tables/tables.ts';

/** The directory of the files of each feature that a machine can lack. */
const FEATURE_PATHS = { ipv6: 'net/ipv6/' } as const;

/** For each kernel the parts of the last machine, as JSON, and its files: most machines of a process have the same parts. */
const lastMachine = new Map<KernelVersion, { readonly key: string; readonly rows: readonly CtlTable[] }>();

/**
 * Every file below /proc/sys of a machine with this kernel and these parts. Those of interfaces come after the ones they inherit from, in the
 * order of the interfaces.
 */
export function machineSysctls({ version }: Pick<KernelSysctls, 'version'>, parts: MachineParts): readonly CtlTable[] {
  const key = JSON.stringify([parts.interfaces, parts.modules, parts.without]);
  const last = lastMachine.get(version);
  if (last?.key === key) return last.rows;
  const rows = rowsOf(version, everyRow(parts));
  lastMachine.set(version, { key, rows });
  return rows;
}

/** The files of a network interface on a machine with this kernel and these parts, those of features that it lacks among them. */
export function interfaceSysctls({ version }: Pick<KernelSysctls, 'version'>, parts: MachineParts, each: NetInterface): readonly CtlTable[] {
  return rowsOf(version, interfaceRows(parts, each));
}

/** The directories below /proc/sys in which a machine with these parts has no files. */
export function machineDirectories({ modules }: MachineParts): readonly string[] {
  return [...SYSCTL_DIRECTORIES, ...modules.flatMap((name) => MODULES[name]?.directories ?? [])];
}

/** What these modules log when they are loaded. */
export function moduleLines(modules: readonly string[]): readonly (readonly [LogLevel, string])[] {
  return modules.flatMap((name) => MODULES[name]?.lines ?? []);
}

/** Those of the kernels on which a machine with these parts has the file of this dotted name. */
export function versionsWith(name: string, parts: MachineParts, versions: readonly KernelVersion[]): readonly KernelVersion[] {
  const rows = everyRow(parts).filter((row) => row.name === name);
  return versions.filter((version) => rows.some((row) => existsIn(version, row)));
}

/** The rows of all kernels. */
function everyRow(parts: MachineParts): readonly CtlTable[] {
  const { interfaces, modules, without } = parts;
  const rows = [...SYSCTLS, ...modules.flatMap((name) => MODULES[name]?.sysctls ?? []), ...interfaces.flatMap((each) => interfaceRows(parts, each))];
  const missing = without.map((feature) => FEATURE_PATHS[feature]);
  return missing.length === 0 ? rows : rows.filter(({ path }) => !missing.some((prefix) => path.startsWith(prefix)));
}

function interfaceRows({ modules }: MachineParts, each: NetInterface): readonly CtlTable[] {
  return [...netInterfaceSysctls(each), ...modules.flatMap((name) => MODULES[name]?.interfaceSysctls?.(each) ?? [])];
}

/** The rows of those files that a kernel has, each as it is in that kernel. */
export function rowsOf(version: KernelVersion, rows: readonly CtlTable[]): readonly CtlTable[] {
  return rows.flatMap((row) => (existsIn(version, row) ? [rowOf(version, row)] : []));
}

function rowOf(version: KernelVersion, row: CtlTable): CtlTable {
  const { before } = row;
  if (before === undefined) return row;
  const versions = (Object.keys(before) as KernelVersion[]).filter((each) => isOlder(version, each)).sort(compareVersions);
  const differences = versions.reverse().map((each): OlderRow => before[each] ?? {});
  if (differences.length === 0) return row;
  const merged = Object.entries(Object.assign({}, row, ...differences) as CtlTable).filter(([, value]) => value !== undefined);
  return Object.fromEntries(merged) as unknown as CtlTable;
}
