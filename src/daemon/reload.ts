import type { Logger } from 'pino';
import type { ChangeableOptions } from './machine-service.ts';
import { operationalLevel } from './operational-log.ts';

/** When a changed option of a running daemon holds: at once, when the machine boots next, or when the daemon starts next. */
export const TAKEN_UP = ['at once', 'at the next boot', 'at the next start'] as const;
export type TakenUp = (typeof TAKEN_UP)[number];

/** What a configuration comes to that was read again. */
export interface Reconfigured {
  readonly options: ChangeableOptions;
  /** The names of the options that are not as they were. */
  readonly changed: Readonly<Record<TakenUp, readonly string[]>>;
}

interface Surroundings {
  readonly reconfigure: () => Promise<Reconfigured>;
  /** Hands the options to the service, which answers whether it has taken them up. */
  readonly command: (options: ChangeableOptions) => Promise<unknown>;
  readonly log: Logger;
}

/** Those of options that can change, to be copied to another thread. */
function changeable({ logPath, logFormat, verbose, bootSettings, bootParameters }: ChangeableOptions): ChangeableOptions {
  return { logPath, logFormat, verbose, bootSettings, bootParameters };
}

/** {@link Daemon.reload}, of a daemon that runs with these options. */
export function reloader(started: ChangeableOptions, { reconfigure, command, log }: Surroundings): () => Promise<boolean> {
  let running = changeable(started);

  async function reload(): Promise<boolean> {
    const next = await reconfigure().catch((error: unknown) => {
      log.error({ reason: error instanceof Error ? error.message : String(error) }, 'the configuration is refused: nothing of it is taken up');
      return undefined;
    });
    // The log is opened anew whatever the configuration says: its file may have been renamed.
    const options = next === undefined ? running : changeable(next.options);
    const taken = await command(options).catch((error: unknown) => {
      log.error({ err: error }, 'the files are served no more');
      return false;
    });
    if (taken !== true || next === undefined) return false;
    running = options;
    log.level = operationalLevel(options.verbose);
    tell(log, next.changed);
    return true;
  }

  let last: Promise<boolean> = Promise.resolve(true);
  return () => (last = last.then(reload));
}

function tell(log: Logger, changed: Reconfigured['changed']): void {
  for (const when of TAKEN_UP) {
    const options = changed[when];
    if (options.length === 0) continue;
    if (when === 'at the next start') log.warn({ options }, 'these options have changed and need a restart: the daemon goes on with what it had');
    else log.info({ options }, `changed options hold ${when}`);
  }
}
