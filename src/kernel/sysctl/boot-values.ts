import type { CtlTable, MachineSize, SysctlHost, SysctlValue } from './ctl-table.ts';

/**
 * The values of all sysctls of `tables` on a machine of this size that has just booted, by dotted name. Files without a value are left out.
 * Returns a new map every time, so that a boot forgets all written values.
 */
export function bootValues(tables: readonly CtlTable[], host: MachineSize): Map<string, SysctlValue> {
  const values = new Map<string, SysctlValue>();
  setBootValues(values, tables, host);
  return values;
}

/** Sets the first values of these files. A file that inherits follows the one it inherits from. */
export function setBootValues(values: Map<string, SysctlValue>, tables: readonly CtlTable[], host: MachineSize): void {
  for (const { name, boot, inherits } of tables) {
    const inherited = inherits === undefined ? undefined : values.get(inherits);
    const value = inherited ?? (typeof boot === 'function' ? boot(host) : boot);
    if (value !== undefined) values.set(name, value);
  }
}

/** Appended to the name of a setting that was written: `cnf.state` of IPv4, `data_state` of neighbour tables. */
export const OWN = '#own';

/** Notes that an interface, or `default`, has a value of its own from now on. */
export function setsItsOwn(host: SysctlHost, name: string): void {
  host.values.set(`${name}${OWN}`, [1n]);
}

/** Whether a setting was written, so that `default` does not change it any more. */
export function keepsItsOwn(host: SysctlHost, name: string): boolean {
  return host.values.has(`${name}${OWN}`);
}
