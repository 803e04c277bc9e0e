import type { CtlTable, MachineSize, SysctlValue } from './ctl-table.ts';

/**
 * The values of all sysctls of `tables` on a machine of this size that has just booted, by dotted name; files that keep none are left out.
 * A new map every time, so that a boot forgets whatever was set.
 */
export function bootValues(tables: readonly CtlTable[], host: MachineSize): Map<string, SysctlValue> {
  const values = new Map<string, SysctlValue>();
  for (const { name, boot } of tables) {
    if (boot !== undefined) values.set(name, typeof boot === 'function' ? boot(host) : boot);
  }
  return values;
}
