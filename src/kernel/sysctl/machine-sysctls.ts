import type { CtlTable } from './ctl-table.ts';
import type { MachineParts, NetInterface } from './machine-parts.ts';
import type { KernelModule } from './modules/modules.ts';

/** The sysctls of a kernel: those it has always, and what interfaces and modules add. */
export interface KernelSysctls {
  /** Every file that it has whatever the machine is made of. */
  readonly sysctls: readonly CtlTable[];
  /** The files that a network interface adds. */
  readonly interfaceSysctls: (each: NetInterface) => readonly CtlTable[];
  /** The modules that can be loaded, by name. */
  readonly modules: Readonly<Record<string, KernelModule>>;
}

/** Where the files of a feature lie that a machine can be without. */
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
