import { readFileSync } from 'node:fs';
import { ALL_CAPABILITIES, type Caller, UNKNOWN_CALLER } from '../../abi/caller.ts';

/** A task whose id the request has. Its name is looked up only if it is needed, in about one of a thousand calls. */
class TaskCaller implements Caller {
  readonly pid: number;
  readonly uid: number;
  #comm: string | undefined;

  constructor(pid: number, uid: number) {
    this.pid = pid;
    this.uid = uid;
  }

  /** The name of the task, which normally waits for the reply. The file is one of the real /proc, not of this mount. */
  get comm(): string {
    this.#comm ??= commOf(this.pid);
    return this.#comm;
  }

  /** Its capabilities, for files that only some of root's tasks may use. The user who mounts counts as the root of the machine. */
  get capabilities(): bigint {
    return this.uid !== 0 && this.uid === process.getuid?.() ? ALL_CAPABILITIES : capabilitiesOf(this.pid, this.uid);
  }
}

/** The capabilities of a task. If it has ended: all for root, none for others. */
function capabilitiesOf(pid: number, uid: number): bigint {
  try {
    const [, effective] = /^CapEff:\t([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1')) ?? [];
    if (effective !== undefined) return BigInt(`0x${effective}`);
  } catch {
    // Killed while it waited.
  }
  return uid === 0 ? ALL_CAPABILITIES : 0n;
}

function commOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'latin1').replace(/\n$/, '');
  } catch {
    // Killed while it waited.
    return UNKNOWN_CALLER.comm;
  }
}

/** The caller, by thread id and filesystem uid. A task of another pid namespace has no id here, and is pid 0. */
export function callerOf(pid: number, uid: number): Caller {
  return pid === 0 ? { ...UNKNOWN_CALLER, uid } : new TaskCaller(pid, uid);
}
