import { constants } from 'node:os';
import { maskIn, taskFile } from './task-files.ts';

const { SIGCHLD, SIGCONT, SIGURG, SIGWINCH } = constants.signals;

/** Signals whose handlers normally continue the system call (SA_RESTART), and that do nothing without one. */
const CONTINUE = [SIGCHLD, SIGCONT, SIGURG, SIGWINCH].reduce((set, number) => set | (1n << BigInt(number - 1)), 0n);

/**
 * Whether a signal that ends a wait is pending for a task. Linux sends INTERRUPT for every signal, and FUSE cannot restart a system call as
 * other filesystems do (ERESTARTSYS). So the wait goes on if nothing but {@link CONTINUE} is pending. Without a pending signal only a tracer
 * can want the task. The answer for a task that has ended, or whose id is not known (0), is yes.
 */
export function signalEndsWait(pid: number): boolean {
  const status = pid === 0 ? undefined : taskFile(pid, 'status');
  if (status === undefined) return true;
  const mask = (name: string): bigint => maskIn(status, name) ?? 0n;
  const pending = (mask('SigPnd') | mask('ShdPnd')) & ~mask('SigBlk');
  return pending === 0n ? !/^TracerPid:\t0$/m.test(status) : (pending & ~CONTINUE) !== 0n;
}
