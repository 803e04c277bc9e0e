import type { BootSettings } from './boot-settings.ts';
import type { ProfileName } from '../../kernel/profiles/names.ts';
import type { MachineParts } from '../../kernel/sysctl/machine-parts.ts';
import type { Setting } from './settings.ts';

/** As bootSettings(), which takes the whole model to check them by: it is loaded only when there are any. */
export async function settingsOf(
  settings: readonly Setting<string>[], profile: ProfileName, memoryBytes: number, parts: MachineParts,
): Promise<BootSettings> {
  if (settings.length === 0) return { values: new Map(), parameters: [] };
  return (await import('./boot-settings.ts')).bootSettings(settings, profile, memoryBytes, parts);
}
