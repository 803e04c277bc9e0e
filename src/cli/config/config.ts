// The configuration file: this file finds and reads it, parse-config.ts parses it. parse-config.ts is loaded only if there is such a file.
// The folder may import what cli may. Start with readConfig() below.
import { dirname, resolve } from 'node:path';
import { shellWord } from '../../abi/printable.ts';
import type { CliContext } from '../command.ts';
import { LOG_FORMAT, MACHINE_OPTIONS, MOUNT_OPTIONS, VERBOSE } from '../options/machine.ts';
import { file, type FileSettings, type OptionTable, type Setting } from '../options/option.ts';
import { readWhole } from '../read-file.ts';

/** The option that names a configuration file. */
export const CONFIG_OPTIONS = {
  config: { ...file(), describe: 'options from a file', fallback: undefined, shownFallback: '/etc/vmsysctld.conf' },
} as const satisfies OptionTable;

/** What a configuration file may give: every option that makes a machine and a daemon. */
export const CONFIGURED: OptionTable = { ...MACHINE_OPTIONS, ...MOUNT_OPTIONS, 'log-format': LOG_FORMAT, verbose: VERBOSE };

const LONGEST = 64 * 1024;

/** Of the file that is there for everybody: who may not read it has none. */
const NONE = ['ENOENT', 'EACCES'];

/** A configuration file, and what it gives now. */
export interface Config {
  readonly settings: FileSettings;
  /** Reads it again. What came out of a pipe stays as it was. @throws UsageError */
  reread(): Promise<FileSettings>;
}

/** Reads the configuration file that is named, or the host's own where there is one. @throws UsageError in one line, `FILE:LINE: …` */
export async function readConfig(context: Pick<CliContext, 'absolute' | 'configFile'>, { value: named, called }: Setting<string | undefined>): Promise<Config> {
  const path = named === undefined ? context.configFile : context.absolute(named);
  const name = shellWord(named ?? path);
  const directory = dirname(path);
  let lasting = true;

  async function read(): Promise<FileSettings> {
    const found = await readWhole(path, { ...(called !== undefined && { called }), longest: LONGEST, noSuch: 'configuration', none: named === undefined ? NONE : [] });
    if (found === undefined) return new Map();
    lasting = found.lasting;
    // It takes time to load, which who has no file is spared.
    const { parseConfig } = await import('./parse-config.ts');
    return parseConfig(found.bytes, { options: CONFIGURED, name, absolute: (each) => resolve(directory, each) });
  }

  const settings = await read();
  return { settings, reread: async () => (lasting ? read() : settings) };
}
