import { isDeepStrictEqual } from 'node:util';
import type { Logger } from 'pino';
import type { ChangeableOptions } from './machine-service.ts';
import { operationalLevel } from './operational-log.ts';

/** When a changed option of a running daemon takes effect: at once, when the machine boots next, or when the daemon starts next. */
export const TAKES_EFFECT = ['at once', 'at the next boot', 'at the next start'] as const;
export type TakesEffect = (typeof TAKES_EFFECT)[number];

/** What a daemon is configured with, by the name of the option, and when a change of it takes effect. Values are plain data. */
export type Configured = ReadonlyMap<string, { readonly value: unknown; readonly takesEffect: TakesEffect }>;

/** What a configuration comes to. */
export interface Configuration {
  readonly options: ChangeableOptions;
  readonly configured: Configured;
}

interface Surroundings {
  readonly reconfigure: () => Promise<Configuration>;
  /** Sends the options to the service, which answers whether it applied them. */
  readonly command: (options: ChangeableOptions) => Promise<unknown>;
  readonly log: Logger;
}

/** Those of options that can change, to be copied to another thread. */
function changeable({ logPath, logFormat, verbose, bootSettings, bootParameters }: ChangeableOptions): ChangeableOptions {
  return { logPath, logFormat, verbose, bootSettings, bootParameters };
}

/** {@link Daemon.reload}, of a daemon that runs with these options. */
export function reloader(started: Configuration, { reconfigure, command, log }: Surroundings): () => Promise<boolean> {
  let running = started;

  async function reload(): Promise<boolean> {
    const next = await reconfigure().catch((error: unknown) => {
      log.error({ reason: error instanceof Error ? error.message : String(error) }, 'the configuration is refused: nothing of it is taken up');
      return undefined;
    });
    // The log is opened anew whatever the configuration says: its file may have been renamed.
    const taken = await command(changeable((next ?? running).options)).catch((error: unknown) => {
      log.error({ err: error }, 'the files are served no more');
      return false;
    });
    if (taken !== true || next === undefined) return false;
    log.level = operationalLevel(next.options.verbose);
    tell(log, running.configured, next.configured);
    running = { options: next.options, configured: holding(running.configured, next.configured) };
    return true;
  }

  // One that fails does not keep the next from being done.
  let last: Promise<unknown> = Promise.resolve();
  return () => {
    const next = last.then(reload);
    last = next.catch(() => undefined);
    return next;
  };
}

/** What holds from now on: what waits for the next start is as it was. */
function holding(before: Configured, now: Configured): Configured {
  return new Map([...now].map(([name, each]) => [name, each.takesEffect === 'at the next start' ? before.get(name) ?? each : each]));
}

function tell(log: Logger, before: Configured, now: Configured): void {
  const changed = [...now].filter(([name, { value }]) => !isDeepStrictEqual(before.get(name)?.value, value));
  for (const when of TAKES_EFFECT) {
    const options = changed.filter(([, { takesEffect }]) => takesEffect === when).map(([name]) => name);
    if (options.length === 0) continue;
    if (when === 'at the next start') log.warn({ options }, 'these options have changed and need a restart: the daemon goes on with what it had');
    else log.info({ options }, `changed options hold ${when}`);
  }
}
