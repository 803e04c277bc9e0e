import type { Kernel } from '../../kernel/kernel.ts';
import type { Log } from './log.ts';
import { bytesAtMost, bytesOf, RESERVE } from './reserve.ts';

/** Performs the effects of an operation. */
export interface Performer {
  /** Performs the effects of the machine: 0, or the negative errno of a log that lacks some of its lines. */
  perform(): number;
  /** As perform(), during an operation: writes its lines so far. */
  flush(): number;
}

/**
 * Decides which write is refused for the sake of the log. The contract, in one place:
 *
 * - A write begins only when nothing is pending and the space of one operation is reserved. Otherwise it does nothing and fails with the
 *   errno of the log: ENOSPC, EDQUOT, EFBIG, EIO. Space is reserved once for an operation.
 * - Only what prints without end reserves more, step by step: the commands of a batch, the injections of a command, each for all processes
 *   that map its page. Without space it ends between two steps with that errno. What it did until then is in the log, and `cat control`
 *   shows how far it came.
 * - A write returns when its lines are in the file. If they cannot be written, it fails with the errno although it was done. Its lines are
 *   pending: they are flushed before all others, each second or by the next write.
 * - So kill -9 loses no line of a write that succeeded. The log is not synced: a crash of the host can lose lines.
 * - Lost are lines that are still pending when the daemon ends, and those beyond 1 MiB of them; a line in the log counts the latter.
 * - Where nothing can be reserved (a device, a directory without write permission), or another program takes the space between its release
 *   and the write, the first write that meets a full disk fails although it was done. The next is refused.
 * - Reads, open(2) and close(2) are never refused. The rest of a batch that close(2) would run is not run without space; `cat control`
 *   reports it.
 */
export class Admission {
  readonly #kernel: Pick<Kernel, 'printed'>;
  readonly #log: Pick<Log, 'isReserved' | 'reserve'>;
  readonly #performer: Performer;
  /** Whether space is reserved for the rest of the present operation. */
  #reserved = false;
  #refused = false;

  constructor(kernel: Pick<Kernel, 'printed'>, log: Pick<Log, 'isReserved' | 'reserve'>, performer: Performer) {
    this.#kernel = kernel;
    this.#log = log;
    this.#performer = performer;
  }

  /** Whether the last write was refused, and so did nothing. */
  get refused(): boolean {
    return this.#refused;
  }

  /**
   * Runs a write that may print. Returns its result, or a negative errno if it is refused or its lines are missing. A write in steps is
   * only begun: it reserves at each step.
   */
  write<Steps extends object>(work: () => number | Steps): number | Steps {
    const errno = this.#log.isReserved ? 0 : this.#log.reserve();
    this.#refused = errno < 0;
    if (this.#refused) return errno;
    let done: number | Steps;
    this.#reserved = true;
    try {
      done = work();
    } finally {
      this.#reserved = false;
    }
    if (typeof done === 'object') return done;
    const failed = this.#performer.perform();
    return failed < 0 ? failed : done;
  }

  /**
   * {@link KernelConfig.reserve}: reserves space for `records` more records. If the operation has printed much, it writes that first.
   */
  reserve(records: number): number {
    const wanted = bytesOf(records);
    if (bytesAtMost(this.#kernel.printed) + wanted <= RESERVE && (this.#reserved || this.#log.isReserved)) return 0;
    const errno = this.#performer.flush() || this.#log.reserve(wanted);
    if (errno < 0) this.#reserved = false;
    return errno;
  }
}
