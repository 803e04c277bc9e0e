import { CONFIGURED, readConfig } from '../../src/cli/config/config.ts';
import { parseConfig } from '../../src/cli/config/parse-config.ts';
import type { FileSettings } from '../../src/cli/options/option.ts';

/** What a configuration file of this text gives, or its one line of complaint. It lies in /etc, and is called so. */
export function parse(text: string | Uint8Array): FileSettings | string {
  try {
    return parseConfig(typeof text === 'string' ? new TextEncoder().encode(text) : text, {
      options: CONFIGURED, name: '/etc/x.conf', absolute: (path) => (path.startsWith('/') ? path : `/etc/${path}`),
    });
  } catch (error) {
    if (error instanceof Error && error.name === 'UsageError') return error.message;
    throw error;
  }
}

/** What a file at a path gives. */
export async function read(path: string): Promise<FileSettings> {
  return (await readConfig({ absolute: (each) => each, configFile: '/nonexistent/x.conf' }, { value: path })).settings;
}
