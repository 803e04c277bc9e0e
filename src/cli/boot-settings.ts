import { machineSize } from '../kernel/kernel.ts';
import type { SysctlValue } from '../kernel/sysctl/ctl-table.ts';
import { parseBootSetting } from '../tree/boot-setting.ts';
import { SYSCTL_TABLES } from '../tree/tree.ts';
import { UsageError } from './host.ts';

/** What `--sysctl` came to: what to set at boot, and the boot parameters that say so. The first bad one is a UsageError. */
export function bootSettings(settings: readonly string[], memoryBytes: number): { values: Map<string, SysctlValue>; parameters: string[] } {
  const size = machineSize(memoryBytes);
  const values = new Map<string, SysctlValue>();
  const parameters = settings.map((setting) => {
    const parsed = parseBootSetting(setting, SYSCTL_TABLES, size);
    if ('error' in parsed) throw new UsageError(`--sysctl: ${parsed.error}`);
    for (const [name, value] of parsed.sets) values.set(name, value);
    return `sysctl.${setting.trim()}`;
  });
  return { values, parameters };
}
