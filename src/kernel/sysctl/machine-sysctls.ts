import type { CtlTable } from './ctl-table.ts';
import type { MachineParts, NetInterface } from './machine-parts.ts';
import type { KernelModule } from './modules/modules.ts';

/** The sysctls of a kernel: its own, and those that interfaces and modules add. */
export interface KernelSysctls {
  /** The files that every machine with this kernel has. */
  readonly sysctls: readonly CtlTable[];
  /** Directories that every machine with this kernel has, and in which there are no files. */
  readonly sysctlDirectories: readonly string[];
  /** The files that a network interface adds. */
  readonly interfaceSysctls: (each: NetInterface) => readonly CtlTable[];
  /** The modules that can be loaded, by name. */
  readonly modules: Readonly<Record<string, KernelModule>>;
}

/** The directory of the files of each feature that a machine can lack. */
const FEATURE_PATHS = { ipv6: 'net/ipv6/' } as const;

/**
 * Every file below /proc/sys of a machine with these parts. Those of interfaces come after the ones they inherit from, in the order of the
 * interfaces.
 */
export function machineSysctls(kernel: KernelSysctls, parts: MachineParts): readonly CtlTable[] {
  const { interfaces, modules, without } = parts;
  const rows = [
    ...kernel.sysctls, ...modules.flatMap((name) => kernel.modules[name]?.sysctls ?? []),
    ...interfaces.flatMap((each) => interfaceSysctls(kernel, parts, each)),
  ];
  const missing = without.map((feature) => FEATURE_PATHS[feature]);
  return missing.length === 0 ? rows : rows.filter(({ path }) => !missing.some((prefix) => path.startsWith(prefix)));
}

/** The files of a network interface on a machine with these parts, those of features that it lacks among them. */
export function interfaceSysctls(kernel: KernelSysctls, { modules }: MachineParts, each: NetInterface): readonly CtlTable[] {
  return [...kernel.interfaceSysctls(each), ...modules.flatMap((name) => kernel.modules[name]?.interfaceSysctls?.(each) ?? [])];
}

/** The directories below /proc/sys in which a machine with these parts has no files. */
export function machineDirectories(kernel: KernelSysctls, { modules }: MachineParts): readonly string[] {
  return [...kernel.sysctlDirectories, ...modules.flatMap((name) => kernel.modules[name]?.directories ?? [])];
}
