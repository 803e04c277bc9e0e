import type { bootSettings } from './boot-settings.ts';
import type { Setting } from './options/settings.ts';

/** As bootSettings(), which takes the whole model to check them by: it is loaded only when there are any. */
export async function settingsOf(settings: readonly Setting<string>[], memoryBytes: number): Promise<ReturnType<typeof bootSettings>> {
  if (settings.length === 0) return { values: new Map(), parameters: [] };
  return (await import('./boot-settings.ts')).bootSettings(settings, memoryBytes);
}
