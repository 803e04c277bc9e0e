import { ALL_CAPABILITIES, type Caller, UNKNOWN_CALLER } from '../../abi/caller.ts';
import { maskIn, taskFile } from './task-files.ts';

/**
 * A task whose id the request has. Its name is looked up only if it is needed, in about one of a thousand calls. The user who mounts counts as the
 * root of the machine.
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

  /** The name of the task, which normally waits for the reply. The file is one of the real /proc, not of this mount. */
  get comm(): string {
    // Killed while it waited, if there is none.
    this.#comm ??= taskFile(this.pid, 'comm')?.replace(/\n$/, '') ?? UNKNOWN_CALLER.comm;
    return this.#comm;
  }

  /** Its capabilities, for files that only some of root's tasks may use. */
  get capabilities(): bigint {
    this.#capabilities ??= this.#outerUid !== 0 && this.uid === 0 ? ALL_CAPABILITIES : capabilitiesOf(this.pid, this.uid);
    return this.#capabilities;
  }
}

/** The user who mounts. Asked once, since every request compares with it. */
const OWN_UID = process.getuid?.();

/** The uid on the machine, whose root is the user who mounts. */
function machineUid(uid: number): number {
  return uid === OWN_UID ? 0 : uid;
}

/** The effective capabilities of a task; undefined if it has ended. */
function effectiveOf(pid: number | 'self'): bigint | undefined {
  const status = taskFile(pid, 'status');
  return status === undefined ? undefined : maskIn(status, 'CapEff');
}

/** The capabilities that this process lacks. In a container, no process has them, and the root of the machine has them all the same. */
const lackedHere = ((): (() => bigint) => {
  let lacked: bigint | undefined;
  return () => (lacked ??= ALL_CAPABILITIES & ~(effectiveOf('self') ?? ALL_CAPABILITIES));
})();

/** The capabilities of a task. If it has ended: all for root, none for others. Root with any lacks only those that it gave up itself. */
function capabilitiesOf(pid: number, uid: number): bigint {
  const effective = effectiveOf(pid);
  if (effective === undefined) return uid === 0 ? ALL_CAPABILITIES : 0n;
  return uid === 0 && effective !== 0n ? effective | lackedHere() : effective;
}

/** The caller, by thread id, filesystem uid and gid. A task of another pid namespace has no id here, and is pid 0. */
export function callerOf(pid: number, uid: number, gid?: number): Caller {
  return pid === 0 ? { ...UNKNOWN_CALLER, uid: machineUid(uid), gid } : new TaskCaller(pid, uid, gid);
}
