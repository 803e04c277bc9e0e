// Runs load.c on a filesystem.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

export const OPERATIONS = ['open-read-close', 'open-write-close', 'pread', 'pwrite'];

/** Whether an operation writes. */
export const writes = (operation) => operation.includes('write');

/**
 * Repeats an operation on a filesystem's file for some time. `count` is how often. `perSecond` is the rate by the clock, `perCpuSecond` the
 * rate by the CPU time of client and server: what the clock would show on a machine that nobody else uses.
 */
export async function load({ file, text = '', pid }, operation, threads, milliseconds, { programs, cpu }) {
  const { stdout } = await run(programs.load, [operation, file, text, threads, milliseconds, cpu, pid].map(String));
  const [count, wall, own, server] = stdout.trim().split(' ').map(Number);
  return { count, perSecond: (count / wall) * 1e9, perCpuSecond: (count / (own + server)) * 1e9 };
}
