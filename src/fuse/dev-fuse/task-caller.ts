import { readFileSync } from 'node:fs';
import { ALL_CAPABILITIES, type Caller, UNKNOWN_CALLER } from '../../abi/caller.ts';

/**
 * A task that Linux has told the id of. Its name is looked up when somebody wants to know, which of a thousand calls one does. The user who mounts
 * stands for the machine's root.
 */
class TaskCaller implements Caller {
  readonly pid: number;
  readonly uid: number;
  readonly gid: number | undefined;
  readonly #outerUid: number;
  #comm: string | undefined;
  #capabilities: bigint | undefined;

  constructor(pid: number, uid: number, gid: number | undefined) {
    this.pid = pid;
    this.uid = machineUid(uid);
    this.gid = gid;
    this.#outerUid = uid;
  }

  /** The name of the task, which waits for its answer as a rule; the file is proc's, not one that is served here. */
  get comm(): string {
    this.#comm ??= commOf(this.pid);
    return this.#comm;
  }

  /** What it may do, which files ask that are for some root alone. */
  get capabilities(): bigint {
    this.#capabilities ??= this.#outerUid !== 0 && this.uid === 0 ? ALL_CAPABILITIES : capabilitiesOf(this.pid, this.uid);
    return this.#capabilities;
  }
}

/** The machine's root is the user who mounts, and root. */
function machineUid(uid: number): number {
  return uid === process.getuid?.() ? 0 : uid;
}

/** The effective capabilities of a task; undefined where it has gone. */
function effectiveOf(pid: number | 'self'): bigint | undefined {
  try {
    const [, effective] = /^CapEff:\t([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1')) ?? [];
    return effective === undefined ? undefined : BigInt(`0x${effective}`);
  } catch {
    // Killed while it waited.
    return undefined;
  }
}

/** What this process lacks of what the machine's root has: in a container, all that is run there lacks it. */
const lackedHere = ((): (() => bigint) => {
  let lacked: bigint | undefined;
  return () => (lacked ??= ALL_CAPABILITIES & ~(effectiveOf('self') ?? ALL_CAPABILITIES));
})();

/** All of root's where the task has gone. Root who has any lacks no more than root gave up. */
function capabilitiesOf(pid: number, uid: number): bigint {
  const effective = effectiveOf(pid);
  if (effective === undefined) return uid === 0 ? ALL_CAPABILITIES : 0n;
  return uid === 0 && effective !== 0n ? effective | lackedHere() : effective;
}

function commOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').replace(/\n$/, '');
  } catch {
    // Killed while it waited.
    return UNKNOWN_CALLER.comm;
  }
}

/** Who calls, by thread id, filesystem uid and gid. A task of another pid namespace has no id here, and is told as pid 0. */
export function callerOf(pid: number, uid: number, gid?: number): Caller {
  return pid === 0 ? { ...UNKNOWN_CALLER, uid: machineUid(uid), gid } : new TaskCaller(pid, uid, gid);
}
