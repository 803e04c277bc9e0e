import { readFileSync } from 'node:fs';
import type { Caller } from '../../abi/caller.ts';

/** A task of the run's pid namespace, by the pid that it has there: the number it knows itself by, and finds in what the machine logs. */
class InnerCaller implements Caller {
  readonly #outer: Caller;
  #pid: number | undefined;

  constructor(outer: Caller) {
    this.#outer = outer;
  }

  get pid(): number {
    this.#pid ??= innermostPid(this.#outer.pid);
    return this.#pid;
  }

  get uid(): number {
    return this.#outer.uid;
  }

  get comm(): string {
    return this.#outer.comm;
  }
}

function innermostPid(pid: number): number {
  try {
    const [, inner] = /^NSpid:.*\t(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1')) ?? [];
    return inner === undefined ? pid : Number(inner);
  } catch {
    return pid;
  }
}

/** A caller that is looked up only when somebody wants to know. */
export function innerCaller(caller: Caller | undefined): Caller | undefined {
  return caller && new InnerCaller(caller);
}
