import { errnoName } from '../abi/errno.ts';
import type { Effect, PrintkRecord } from '../kernel/effect.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Performer } from './log/admission.ts';
import type { Log, LogWorld } from './log/log.ts';
import type { OperationalLog } from './operational-log.ts';

/** What the daemon's own log reports of an effect. It does not repeat lines of the machine's log. */
const NEWS: { readonly [K in Exclude<Effect['kind'], 'printk'>]: (log: OperationalLog, effect: Extract<Effect, { kind: K }>) => void } = {
  boot: (log) => log.info('the machine boots'),
  panic: (log, { text }) => log.warn({ text }, 'the machine panics'),
  'memory-failure': (log, { pfn, page, action }) => log.debug({ pfn, page, action }, 'a memory failure was handled'),
  signal: (log, { pid, comm, signal }) => log.info({ pid, comm, signal }, 'a process of the machine is killed'),
};

/** How soon a flush of pending lines is retried without a new write, in milliseconds. */
const RETRY = 1000;

export interface PerformerOptions {
  readonly kernel: Pick<Kernel, 'takeEffects' | 'untilTick'>;
  /** The machine's log. */
  readonly log: Pick<Log, 'write' | 'reserve' | 'hasPending'>;
  /** The daemon's own log. */
  readonly operationalLog: OperationalLog;
  /** Called with the milliseconds until perform() is due again: the clock makes the machine act, or lines are pending. */
  readonly wake: (milliseconds: number) => void;
  /** Receives all effects of an operation, when its lines are in the log. It may act on the machine; those effects are performed too. */
  readonly observe?: ((effects: readonly Effect[]) => void) | undefined;
}

/** Performs the effects of a machine: its lines go to the log, its news to the daemon's own log, all of it to an observer. */
export class EffectPerformer implements Performer {
  readonly #options: PerformerOptions;
  /** Effects whose lines are written, and that the observer has not received. */
  #unseen: (readonly Effect[])[] = [];

  constructor(options: PerformerOptions) {
    this.#options = options;
  }

  /**
   * Performs the effects since the last call. Returns 0, or the negative errno of a log that lacks some of their lines. In that case the
   * operation must not be acknowledged.
   */
  perform(): number {
    const { kernel, log, wake } = this.#options;
    const result = this.#performAll();
    const usec = kernel.untilTick();
    const due = usec === undefined ? Infinity : Math.ceil(usec / 1000);
    const retry = log.hasPending && log.reserve() < 0 ? RETRY : Infinity;
    if (Math.min(due, retry) < Infinity) wake(Math.min(due, retry));
    return result;
  }

  /** As perform(), during an operation: writes its lines so far. Shows its effects, unless they are those of a panic. */
  flush(): number {
    const result = this.#write();
    this.#show(true);
    return result;
  }

  #performAll(): number {
    const result = this.#write();
    if (this.#unseen.length === 0) return result;
    this.#show(false);
    return Math.min(result, this.#performAll());
  }

  /** Writes the lines of the effects. */
  #write(): number {
    const { kernel, log, operationalLog, observe } = this.#options;
    const effects = kernel.takeEffects();
    if (effects.length === 0) return 0;
    const records: PrintkRecord[] = [];
    for (const effect of effects) {
      if (effect.kind === 'printk') records.push(effect.record);
      else (NEWS[effect.kind] as (log: OperationalLog, effect: Effect) => void)(operationalLog, effect);
    }
    const result = log.write(records);
    if (observe !== undefined) this.#unseen.push(effects);
    return result;
  }

  /**
   * Shows the effects to the observer after their lines are written. Those of a panic wait until the operation ends, because the observer
   * may end more than the machine.
   */
  #show(amid: boolean): void {
    const { observe } = this.#options;
    const [first, ...others] = this.#unseen;
    if (observe === undefined || first === undefined || (amid && this.#unseen.flat().some(({ kind }) => kind === 'panic'))) return;
    this.#unseen = [];
    observe(others.length === 0 ? first : first.concat(...others));
  }
}

/** Reports in the daemon's own log what happens to the machine's log. */
export function logNews(log: OperationalLog): LogWorld['report'] {
  return (news, errno, path) => {
    if (errno === undefined) log.info({ path }, news);
    else log.error({ path, errno: errnoName(errno) }, news);
  };
}
