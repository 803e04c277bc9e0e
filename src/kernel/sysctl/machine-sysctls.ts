import type { CtlTable } from './ctl-table.ts';
import type { MachineParts, NetInterface } from './machine-parts.ts';
import type { KernelModule } from './modules/modules.ts';

/** The sysctls of a kernel: its own, and those that interfaces and modules add. */
export interface KernelSysctls {
  /** The files that every machine with this kernel has. */
  readonly sysctls: readonly CtlTable[];
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
export function machineSysctls(kernel: KernelSysctls, { interfaces, modules, without }: MachineParts): readonly CtlTable[] {
  const rows = [
    ...kernel.sysctls, ...modules.flatMap((name) => kernel.modules[name]?.sysctls ?? []), ...interfaces.flatMap(kernel.interfaceSysctls),
  ];
  const missing = without.map((feature) => FEATURE_PATHS[feature]);
  return missing.length === 0 ? rows : rows.filter(({ path }) => !missing.some((prefix) => path.startsWith(prefix)));
}
