import { isDeepStrictEqual } from 'node:util';
import type { ChangeableOptions } from './machine-service.ts';
import { type OperationalLog, operationalLevel } from './operational-log.ts';

/** When a changed option of a running daemon takes effect: at once, when the machine boots next, or when the daemon starts next. */
export const TAKES_EFFECT = ['at once', 'at the next boot', 'at the next start'] as const;
export type TakesEffect = (typeof TAKES_EFFECT)[number];

/** The configuration of a daemon, by name of the option, with when a change takes effect. Values are plain data. */
export type Configured = ReadonlyMap<string, { readonly value: unknown; readonly takesEffect: TakesEffect }>;

/** The result of reading a configuration. */
export interface Configuration {
  readonly options: ChangeableOptions;
  readonly configured: Configured;
}

interface Surroundings {
  readonly reconfigure: () => Promise<Configuration>;
  /** Sends the options to the service. Settles with whether it applied them. */
  readonly command: (options: ChangeableOptions) => Promise<unknown>;
  readonly log: OperationalLog;
}

/** The options that can change, to be copied to another thread. */
function changeable({ logPath, logFormat, verbose, bootSettings, bootParameters }: ChangeableOptions): ChangeableOptions {
  return { logPath, logFormat, verbose, bootSettings, bootParameters };
}

/** Makes {@link Daemon.reload} for a daemon that runs with these options. */
export function reloader(started: Configuration, { reconfigure, command, log }: Surroundings): () => Promise<boolean> {
  let running = started;

  async function reload(): Promise<boolean> {
    const next = await reconfigure().catch((error: unknown) => {
      log.error({ reason: error instanceof Error ? error.message : String(error) }, 'the configuration is refused: none of it is applied');
      return undefined;
    });
    // The log is reopened in any case: its file may have been renamed.
    const taken = await command(changeable((next ?? running).options)).catch((error: unknown) => {
      log.error({ err: error }, 'the files are no longer served');
      return false;
    });
    if (taken !== true || next === undefined) return false;
    log.level = operationalLevel(next.options.verbose);
    tell(log, running.configured, next.configured);
    running = { options: next.options, configured: holding(running.configured, next.configured) };
    return true;
  }

  // If one fails, the next is done all the same.
  let last: Promise<unknown> = Promise.resolve();
  return () => {
    const next = last.then(reload);
    last = next.catch(() => undefined);
    return next;
  };
}

/** The configuration that applies from now on: options that wait for the next start stay as they were. */
function holding(before: Configured, now: Configured): Configured {
  return new Map([...now].map(([name, each]) => [name, each.takesEffect === 'at the next start' ? before.get(name) ?? each : each]));
}

function tell(log: OperationalLog, before: Configured, now: Configured): void {
  const changed = [...now].filter(([name, { value }]) => !isDeepStrictEqual(before.get(name)?.value, value));
  for (const when of TAKES_EFFECT) {
    const options = changed.filter(([, { takesEffect }]) => takesEffect === when).map(([name]) => name);
    if (options.length === 0) continue;
    if (when === 'at the next start') log.warn({ options }, 'these options have changed and need a restart: the daemon continues with the old values');
    else log.info({ options }, `changed options take effect ${when}`);
  }
}
