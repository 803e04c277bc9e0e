import type { CtlTable, MachineSize, SysctlValue } from '../kernel/sysctl/ctl-table.ts';
import { parseBootSetting } from './boot-setting.ts';

/** Sysctls to be set when a machine boots: their values by dotted name, and the boot parameters that set them, as /proc/cmdline has them. */
export interface BootSettings {
  readonly values: Map<string, SysctlValue>;
  readonly parameters: string[];
}

/** Reads several `NAME=VALUE` by {@link parseBootSetting}, the later ones in the place of the earlier; in `error` what is wrong with the first bad one. */
export function parseBootSettings(
  settings: readonly string[], tables: readonly CtlTable[], size: MachineSize,
): BootSettings | { readonly error: string } {
  const values = new Map<string, SysctlValue>();
  for (const setting of settings) {
    const parsed = parseBootSetting(setting, tables, size);
    if ('error' in parsed) return parsed;
    for (const [name, value] of parsed.sets) values.set(name, value);
  }
  return { values, parameters: settings.map((setting) => `sysctl.${setting.trim()}`) };
}
