import type { Logger } from 'pino';
import { errnoName } from '../abi/errno.ts';
import type { Effect, PrintkRecord } from '../kernel/effect.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { LogWriter } from './log-writer.ts';

/** What the daemon's own log says of an effect; a line of the machine's log is no news to it. */
const NEWS: { readonly [K in Exclude<Effect['kind'], 'printk'>]: (log: Logger, effect: Extract<Effect, { kind: K }>) => void } = {
  boot: (log) => log.info('the machine boots'),
  panic: (log, { text }) => log.warn({ text }, 'the machine panics'),
  'memory-failure': (log, { pfn, page, action }) => log.debug({ pfn, page, action }, 'an error in memory is dealt with'),
  signal: (log, { pid, comm, signal }) => log.info({ pid, comm, signal }, 'a process of the machine is killed'),
};

/**
 * Does what the machine asked for since the last call: its lines go to the log in one write. Answers 0, or the negative errno of that write.
 * What a call asks for before its end, when that is much, is done by then, and an errno of it answered with the rest.
 * When time alone will make the machine do something, `wake` is called with the milliseconds until then. `observe` sees all that was
 * done, when it is in the log, and may have the machine do more, which is done too.
 */
export function performer(
  kernel: Kernel, writer: LogWriter, log: Logger, wake: (ms: number) => void, observe?: (effects: readonly Effect[]) => void,
): () => number {
  let failed = 0;
  kernel.performMany = () => { failed = Math.min(failed, performAll()); };
  return () => {
    const result = Math.min(performAll(), failed);
    failed = 0;
    return result;
  };

  function performAll(): number {
    const usec = kernel.untilTick();
    if (usec !== undefined) wake(Math.ceil(usec / 1000));
    const effects = kernel.takeEffects();
    if (effects.length === 0) return 0;
    const records: PrintkRecord[] = [];
    for (const effect of effects) {
      if (effect.kind === 'printk') records.push(effect.record);
      else (NEWS[effect.kind] as (log: Logger, effect: Effect) => void)(log, effect);
    }
    const result = writer.write(records);
    if (result < 0) log.error({ path: writer.path, errno: errnoName(result), lines: records.length }, 'lines could not be written to the log');
    if (observe === undefined) return result;
    observe(effects);
    return Math.min(result, performAll());
  }
}
