import { CONFIGURED, readConfig } from '../../src/cli/config/config.ts';
import { parseConfig } from '../../src/cli/config/parse-config.ts';
import type { ConfiguredSettings } from '../../src/cli/options/option.ts';

/** The settings of a configuration file with this text, or the one line of its error. Its path is below /etc. */
export function parse(text: string | Uint8Array): ConfiguredSettings | string {
  try {
    return parseConfig(typeof text === 'string' ? new TextEncoder().encode(text) : text, {
      options: CONFIGURED, name: '/etc/x.conf', absolute: (path) => (path.startsWith('/') ? path : `/etc/${path}`),
    });
  } catch (error) {
    if (error instanceof Error && error.name === 'UsageError') return error.message;
    throw error;
  }
}

/** The settings of a file at a path. */
export async function read(path: string): Promise<ConfiguredSettings> {
  return (await readConfig({ absolute: (each) => each, configFile: '/nonexistent/x.conf' }, { value: path })).settings;
}
