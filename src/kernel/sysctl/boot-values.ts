import type { CtlTable, MachineSize, SysctlValue } from './ctl-table.ts';

/**
 * The values of all sysctls of `tables` on a machine of this size that has just booted, by dotted name; files that keep none are left out.
 * A new map every time, so that a boot forgets whatever was set.
 */
export function bootValues(tables: readonly CtlTable[], host: MachineSize): Map<string, SysctlValue> {
  const values = new Map<string, SysctlValue>();
  setBootValues(values, tables, host);
  return values;
}

/** Sets the values that these files have when they appear. A file that inherits comes after the one it inherits from. */
export function setBootValues(values: Map<string, SysctlValue>, tables: readonly CtlTable[], host: MachineSize): void {
  for (const { name, boot, inherits } of tables) {
    const inherited = inherits === undefined ? undefined : values.get(inherits);
    const value = inherited ?? (typeof boot === 'function' ? boot(host) : boot);
    if (value !== undefined) values.set(name, value);
  }
}
