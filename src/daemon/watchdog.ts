import type { Logger } from 'pino';
import { TransportError } from '../fuse/transport.ts';

export interface SignsOfLife {
  /** Settles when those who serve the files answer. Rejects with a TransportError when the mount has gone. */
  readonly answers: () => Promise<void>;
  /** Gives one sign. */
  readonly alive: () => Promise<void>;
  readonly log: Logger;
}

/**
 * Gives signs of life, at once and then twice in every `usec` microseconds, while `answers` settles. Where it hangs there is no sign until
 * it is back. When the mount has gone there is none any more. Any other failure is logged and tried again: it costs one sign. Returns what
 * ends it.
 */
export function keepAlive(usec: number, { answers, alive, log }: SignsOfLife): () => void {
  const interval = usec / 2000;
  let timer: NodeJS.Timeout | undefined;
  let ended = false;

  async function round(): Promise<void> {
    await answers();
    if (!ended) await alive();
  }

  function again(): void {
    if (!ended) timer = setTimeout(begin, interval).unref();
  }

  function begin(): void {
    round().then(again, (error: unknown) => {
      if (ended || error instanceof TransportError) return;
      log.error({ err: error }, 'no sign of life could be given to the service manager');
      again();
    });
  }

  begin();
  return () => {
    ended = true;
    clearTimeout(timer);
  };
}
