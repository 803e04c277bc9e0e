import { machineSize } from '../kernel/kernel.ts';
import type { SysctlValue } from '../kernel/sysctl/ctl-table.ts';
import { parseBootSetting } from '../machine/boot-setting.ts';
import { SYSCTL_TABLES } from '../files/tree.ts';
import { UsageError } from './host.ts';
import type { Setting } from './options/settings.ts';

/** What `sysctl` came to: what to set at boot, and the boot parameters that say so. The first bad one is a UsageError. */
export function bootSettings(settings: readonly Setting<string>[], memoryBytes: number): { values: Map<string, SysctlValue>; parameters: string[] } {
  const size = machineSize(memoryBytes);
  const values = new Map<string, SysctlValue>();
  const parameters = settings.map(({ value: setting, called }) => {
    const parsed = parseBootSetting(setting, SYSCTL_TABLES, size);
    if ('error' in parsed) throw new UsageError(`${called}: ${parsed.error}`);
    for (const [name, each] of parsed.sets) values.set(name, each);
    return `sysctl.${setting.trim()}`;
  });
  return { values, parameters };
}
