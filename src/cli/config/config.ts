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

/** The options that a configuration file may give: those of a machine and those of a daemon. */
export const CONFIGURED: OptionTable = { ...MACHINE_OPTIONS, ...MOUNT_OPTIONS, 'log-format': LOG_FORMAT, verbose: VERBOSE };

const LONGEST = 64 * 1024;

/** Errors that mean no file, for the file of the host: a user who may not read it has none. */
const NONE = ['ENOENT', 'EACCES'];

/** A configuration file, and its present values. */
export interface Config {
  readonly settings: FileSettings;
  /** Reads it again. The values from a pipe stay as they were. @throws UsageError */
  reread(): Promise<FileSettings>;
}

/** Reads the configuration file that is named, or that of the host if there is one. @throws UsageError of one line, `FILE:LINE: …` */
export async function readConfig(context: Pick<CliContext, 'absolute' | 'configFile'>, { value: named, called }: Setting<string | undefined>): Promise<Config> {
  const path = named === undefined ? context.configFile : context.absolute(named);
  const name = shellWord(named ?? path);
  const directory = dirname(path);
  let lasting = true;

  async function read(): Promise<FileSettings> {
    const found = await readWhole(path, { ...(called !== undefined && { called }), longest: LONGEST, noSuch: 'configuration', none: named === undefined ? NONE : [] });
    if (found === undefined) return new Map();
    lasting = found.lasting;
    // The parser takes time to load, so it is loaded only for a file.
    const { parseConfig } = await import('./parse-config.ts');
    return parseConfig(found.bytes, { options: CONFIGURED, name, absolute: (each) => resolve(directory, each) });
  }

  const settings = await read();
  return { settings, reread: async () => (lasting ? read() : settings) };
}
