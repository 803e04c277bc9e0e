import { readFileSync } from 'node:fs';

/** Signals whose handlers normally continue the system call (SA_RESTART), and that do nothing without one: SIGCHLD, SIGCONT, SIGURG, SIGWINCH. */
const CONTINUE = signals(17, 18, 23, 28);

function signals(...numbers: number[]): bigint {
  return numbers.reduce((set, number) => set | (1n << BigInt(number - 1)), 0n);
}

/**
 * Whether a signal that ends a wait is pending for a task. Linux sends INTERRUPT for every signal, and FUSE cannot restart a system call as
 * other filesystems do (ERESTARTSYS). So the wait goes on if nothing but {@link CONTINUE} is pending. Without a pending signal only a tracer
 * can want the task. The answer for a task that has ended, or whose id is not known (0), is yes.
 */
export function signalEndsWait(pid: number): boolean {
  if (pid === 0) return true;
  let status: string;
  try {
    status = readFileSync(`/proc/${pid}/status`, 'latin1');
  } catch {
    return true;
  }
  const mask = (name: string): bigint => BigInt(`0x${new RegExp(`^${name}:\\t([0-9a-f]+)$`, 'm').exec(status)?.[1] ?? '0'}`);
  const pending = (mask('SigPnd') | mask('ShdPnd')) & ~mask('SigBlk');
  return pending === 0n ? !/^TracerPid:\t0$/m.test(status) : (pending & ~CONTINUE) !== 0n;
}
