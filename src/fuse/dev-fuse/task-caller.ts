import { readFileSync } from 'node:fs';
import { ALL_CAPABILITIES, type Caller, UNKNOWN_CALLER } from '../../abi/caller.ts';

/** A task that Linux has told the id of. Its name is looked up when somebody wants to know, which of a thousand calls one does. */
class TaskCaller implements Caller {
  readonly pid: number;
  readonly uid: number;
  #comm: string | undefined;

  constructor(pid: number, uid: number) {
    this.pid = pid;
    this.uid = uid;
  }

  /** The name of the task, which waits for its answer as a rule; the file is proc's, not one that is served here. */
  get comm(): string {
    this.#comm ??= commOf(this.pid);
    return this.#comm;
  }

  /** What it may do, which files ask that are for some root alone. The user who mounts stands for the machine's root. */
  get capabilities(): bigint {
    return this.uid !== 0 && this.uid === process.getuid?.() ? ALL_CAPABILITIES : capabilitiesOf(this.pid, this.uid);
  }
}

/** All of root's where the task has gone. */
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

/** Who calls, by thread id and filesystem uid. A task of another pid namespace has no id here, and is told as pid 0. */
export function callerOf(pid: number, uid: number): Caller {
  return pid === 0 ? { ...UNKNOWN_CALLER, uid } : new TaskCaller(pid, uid);
}
