import { machineSize } from '../kernel/kernel.ts';
import { type BootSettings, parseBootSettings } from '../tree/boot-settings.ts';
import { SYSCTL_TABLES } from '../tree/tree.ts';
import { UsageError } from './host.ts';

/** What `--sysctl` came to: what to set at boot, and the boot parameters that say so. The first bad one is a UsageError. */
export function bootSettings(settings: readonly string[], memoryBytes: number): BootSettings {
  const parsed = parseBootSettings(settings, SYSCTL_TABLES, machineSize(memoryBytes));
  if ('error' in parsed) throw new UsageError(`--sysctl: ${parsed.error}`);
  return parsed;
}
