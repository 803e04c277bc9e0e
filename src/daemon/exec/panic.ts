import { readdirSync, readFileSync } from 'node:fs';

/** PF_EXITING of include/linux/sched.h. */
const PF_EXITING = 0x4;
/** Of the mask of pending signals. */
const SIGKILL_BIT = 1n << 8n;
const GONE = ['Z', 'X'];
/** How long the wait may take, and how often it is looked, in milliseconds. */
const PATIENCE = 5000;
const INTERVAL = 1;

interface Task {
  readonly pid: number;
  readonly parent: number;
  readonly dying: boolean;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

/** A process as /proc/PID/stat tells of it; undefined when it has gone. */
function taskOf(pid: string): Task | undefined {
  const stat = read(`/proc/${pid}/stat`);
  // The name is in brackets, and may have any in it.
  const [state = '', parent, , , , , flags] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return stat === '' ? undefined : { pid: Number(pid), parent: Number(parent), dying: GONE.includes(state) || (Number(flags) & PF_EXITING) !== 0 };
}

/** Whether a process has been sent SIGKILL: it may wait for an answer from here, and then runs no further instruction. */
function isKilled({ pid, dying }: Task): boolean {
  if (dying) return true;
  const status = read(`/proc/${pid}/status`);
  return status === '' || [...status.matchAll(/^(?:Shd|Sig)Pnd:\s*([0-9a-f]+)$/gm)].some(([, mask = '0']) => (BigInt(`0x${mask}`) & SIGKILL_BIT) !== 0n);
}

/** A process and all that come of it. */
function family(root: number): Task[] {
  const tasks = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(taskOf).filter((task) => task !== undefined);
  const found = new Set([root]);
  for (let size = 0; size < found.size;) {
    size = found.size;
    for (const { pid, parent } of tasks) if (found.has(parent)) found.add(pid);
  }
  return tasks.filter(({ pid }) => found.has(pid));
}

/**
 * Ends a pid namespace by its init, with which Linux kills all that is in it, and waits until nobody in it can execute another instruction.
 * Whoever waits for the answer to a request cannot be gone before that is given: that he is killed has to do. Blocks; false when
 * it could not be seen to be done in time. Source: zap_pid_ns_processes() (kernel/pid_namespace.c).
 */
export function killNamespace(init: number): boolean {
  try {
    process.kill(init, 'SIGKILL');
  } catch {
    return true;
  }
  const sleep = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const end = performance.now() + PATIENCE;
  while (!family(init).every(isKilled)) {
    if (performance.now() > end) return false;
    Atomics.wait(sleep, 0, 0, INTERVAL);
  }
  return true;
}
