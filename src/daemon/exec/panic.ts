import { readdirSync, readFileSync, readlinkSync, writeSync } from 'node:fs';
import type { Effect, PrintkRecord } from '../../kernel/effect.ts';
import { LOG_FORMATS } from '../../kernel/printk/log-format.ts';

/** PF_EXITING of include/linux/sched.h. */
const PF_EXITING = 0x4;
/** SIGKILL in the mask of pending signals. */
const SIGKILL_BIT = 1n << 8n;
const GONE = ['Z', 'X'];
/** How long the wait may take, and how often processes are checked, in milliseconds. */
const PATIENCE = 5000;
const INTERVAL = 1;
/** How long to wait for a full pipe that does not block, in milliseconds. */
const PAUSE = 5;

const PANIC_BEGINS = 'Kernel panic - not syncing: ';

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

function pidNamespaceOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    return undefined;
  }
}

/** A process as /proc/PID/stat shows it. Undefined if it is gone. */
function taskOf(pid: string): Task | undefined {
  const stat = read(`/proc/${pid}/stat`);
  // The name is in brackets, and may contain any character.
  const [state = '', parent, , , , , flags] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return stat === '' ? undefined : { pid: Number(pid), parent: Number(parent), dying: GONE.includes(state) || (Number(flags) & PF_EXITING) !== 0 };
}

/** Whether a process has been sent SIGKILL. It may still wait for an answer from here, but runs no further instruction. */
function isKilled({ pid, dying }: Task): boolean {
  if (dying) return true;
  const status = read(`/proc/${pid}/status`);
  return status === '' || [...status.matchAll(/^(?:Shd|Sig)Pnd:\s*([0-9a-f]+)$/gm)].some(([, mask = '0']) => (BigInt(`0x${mask}`) & SIGKILL_BIT) !== 0n);
}

/** All processes of a pid namespace, and of the namespaces below it. */
function members(namespace: string): Task[] {
  const tasks = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(taskOf).filter((task) => task !== undefined);
  const found = new Set(tasks.filter(({ pid }) => pidNamespaceOf(pid) === namespace).map(({ pid }) => pid));
  for (let size = 0; size < found.size;) {
    size = found.size;
    for (const { pid, parent } of tasks) if (found.has(parent)) found.add(pid);
  }
  return tasks.filter(({ pid }) => found.has(pid));
}

/**
 * Ends a pid namespace through its init: Linux then kills every process in it. Waits until none of them can execute another instruction. A
 * process that waits for the answer to a request cannot end before the answer. For such a process it is enough that it was killed. Blocks.
 * Returns false if this cannot be verified in time, or if Linux refuses. Source: zap_pid_ns_processes() (kernel/pid_namespace.c).
 */
export function killNamespace(init: number): boolean {
  const namespace = pidNamespaceOf(init);
  try {
    process.kill(init, 'SIGKILL');
  } catch (error) {
    // If init is gone, its whole namespace is gone. In every other case it lives.
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
  if (namespace === undefined) return false;
  const end = performance.now() + PATIENCE;
  while (!members(namespace).every(isKilled)) {
    if (performance.now() > end) return false;
    sleep(INTERVAL);
  }
  return true;
}

/** The lines of the last panic among effects, from its first to its last. */
export function panicRecords(effects: readonly Effect[]): PrintkRecord[] {
  const end = effects.findLastIndex(({ kind }) => kind === 'panic');
  const records = effects.slice(0, end).flatMap((effect) => (effect.kind === 'printk' ? [effect.record] : []));
  return records.slice(records.findLastIndex(({ text }) => text.startsWith(PANIC_BEGINS)));
}

/** Prints records on standard error, as dmesg(1) does, before it returns. */
export function printRecords(records: readonly PrintkRecord[]): void {
  writeToStderr(records.map((record) => LOG_FORMATS.dmesg(record)).join(''));
}

/** Writes all of a text to standard error before it returns. A reader that is gone is not a failure. */
export function writeToStderr(text: string): void {
  const bytes = Buffer.from(text);
  for (let offset = 0; offset < bytes.length;) {
    try {
      offset += writeSync(2, bytes, offset);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return;
      sleep(PAUSE);
    }
  }
}

function sleep(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)), 0, 0, milliseconds);
}
