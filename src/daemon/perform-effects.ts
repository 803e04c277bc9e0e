import type { Logger } from 'pino';
import { errnoName } from '../abi/errno.ts';
import type { Effect, PrintkRecord } from '../kernel/effect.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { bytesAtMost, bytesOf, RESERVE } from './log-room.ts';
import type { LogWriter } from './log/log.ts';

/** What the daemon's own log says of an effect; a line of the machine's log is no news to it. */
const NEWS: { readonly [K in Exclude<Effect['kind'], 'printk'>]: (log: Logger, effect: Extract<Effect, { kind: K }>) => void } = {
  boot: (log) => log.info('the machine boots'),
  panic: (log, { text }) => log.warn({ text }, 'the machine panics'),
  'memory-failure': (log, { pfn, page, action }) => log.debug({ pfn, page, action }, 'an error in memory is dealt with'),
  signal: (log, { pid, comm, signal }) => log.info({ pid, comm, signal }, 'a process of the machine is killed'),
};

/** How soon lines that are owed to the log are tried again when nobody asks for anything, in milliseconds. */
const RETRY = 1000;

/** Does what a machine asks for, and sees to it that it asks for nothing that cannot be done. */
export interface Performer {
  /**
   * Does what the machine asked for since the last call. Answers 0, or the negative errno of a log that has not all of its lines: whatever the
   * machine has done then, it is not to be acknowledged.
   */
  perform(): number;
  /** Whether an operation that may print can be begun: 0, or the negative errno to refuse it with. */
  ready(): number;
  /** {@link KernelConfig.room}, asked amid an operation: what it has printed by then is written first, when it is much. */
  room(records: number): number;
}

/**
 * When time alone will make the machine do something, or lines are owed to the log, `wake` is called with the milliseconds until then. `observe`
 * sees all that an operation did, when it is in the log, and may have the machine do more, which is done too.
 */
export function performer(
  kernel: Kernel, writer: LogWriter, log: Logger, wake: (ms: number) => void, observe?: (effects: readonly Effect[]) => void,
): Performer {
  let unseen: (readonly Effect[])[] = [];

  /** Writes the lines. */
  function flush(): number {
    const effects = kernel.takeEffects();
    if (effects.length === 0) return 0;
    const records: PrintkRecord[] = [];
    for (const effect of effects) {
      if (effect.kind === 'printk') records.push(effect.record);
      else (NEWS[effect.kind] as (log: Logger, effect: Effect) => void)(log, effect);
    }
    const result = writer.write(records);
    if (observe !== undefined) unseen.push(effects);
    return result;
  }

  /** Shows the effects, when their lines are written: those of a panic, which end more than the machine, when the operation is at its end. */
  function show(amid: boolean): void {
    const [first, ...others] = unseen;
    if (observe === undefined || first === undefined || (amid && unseen.flat().some(({ kind }) => kind === 'panic'))) return;
    unseen = [];
    observe(others.length === 0 ? first : first.concat(...others));
  }

  function performAll(): number {
    const result = flush();
    if (unseen.length === 0) return result;
    show(false);
    return Math.min(result, performAll());
  }

  return {
    perform() {
      const result = performAll();
      const usec = kernel.untilTick();
      const due = usec === undefined ? Infinity : Math.ceil(usec / 1000);
      const retry = writer.owes && writer.ready() < 0 ? RETRY : Infinity;
      if (Math.min(due, retry) < Infinity) wake(Math.min(due, retry));
      return result;
    },
    ready: () => (writer.sure ? 0 : writer.ready()),
    room(records) {
      const wanted = bytesOf(records);
      if (bytesAtMost(kernel.printed) + wanted <= RESERVE && writer.sure) return 0;
      const written = flush();
      show(true);
      return written < 0 ? written : writer.ready(wanted);
    },
  };
}

/** What the daemon's own log has to say of the machine's log. */
export function logNews(log: Logger, path: string): (news: string, errno?: number) => void {
  return (news, errno) => {
    if (errno === undefined) log.info({ path }, news);
    else log.error({ path, errno: errnoName(errno) }, news);
  };
}
