import type { ProfileName } from '../../kernel/profiles/names.ts';
import { PROFILES } from '../../kernel/profiles/profiles.ts';
import type { SysctlValue } from '../../kernel/sysctl/ctl-table.ts';
import { type MachineParts, PLAIN_PARTS } from '../../kernel/sysctl/machine-parts.ts';
import { UsageError } from '../exit-status.ts';
import type { Setting } from './settings.ts';

/** What to set at a boot, and the boot parameters that say so. */
export interface BootSettings {
  readonly values: Map<string, SysctlValue>;
  readonly parameters: string[];
}

/**
 * What the `sysctl` options set when such a kernel boots. To check them takes the whole model, which is loaded only if there are any.
 * @throws UsageError of the first bad one
 */
export async function bootSettings(
  settings: readonly Setting<string>[], profile: ProfileName, memoryBytes: number, parts: MachineParts = PLAIN_PARTS,
): Promise<BootSettings> {
  if (settings.length === 0) return { values: new Map(), parameters: [] };
  const [{ machineSize }, { machineSysctls }, { parseBootSetting }] = await Promise.all([
    import('../../kernel/kernel.ts'), import('../../kernel/sysctl/machine-sysctls.ts'), import('../../machine/boot-setting.ts'),
  ]);
  const tables = machineSysctls(PROFILES[profile], parts);
  const size = { ...machineSize(PROFILES[profile], memoryBytes), ...parts };
  const values = new Map<string, SysctlValue>();
  const parameters = settings.map(({ value: setting, called }) => {
    const parsed = parseBootSetting(setting, tables, size);
    if ('error' in parsed) throw new UsageError(`${called}: ${parsed.error}`);
    for (const [name, each] of parsed.sets) values.set(name, each);
    return `sysctl.${setting.trim()}`;
  });
  return { values, parameters };
}
