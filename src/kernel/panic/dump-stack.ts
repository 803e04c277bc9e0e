import { printTainted, printTaintedVerbose } from '../../abi/taint.ts';
import { CPUS } from '../cpus.ts';
import type { Kernel } from '../kernel.ts';
import { type PanicOrigin, USER_REGISTERS } from './call-traces.ts';

const HARDWARE_NAME = 'QEMU Standard PC (Q35 + ICH9, 2009), BIOS 1.16.2-debian-1.16.2-1 04/01/2014';
const CODE =
  '40 00 48 c7 c2 b8 ff ff ff f7 d8 64 89 02 48 c7 c0 ff ff ff ff eb b7 0f 1f 00 80 3d e1 e1 06 00 00 74 17 b8 01 00 00 00 0f 05 ' +
  '<48> 3d 00 f0 ff ff 77 58 c3 0f 1f 80 00 00 00 00 48 83 ec 28 48 89';

/** The task, the kernel and the machine: the first lines of every dump. Mirrors dump_stack_print_info() (lib/dump_stack.c). */
export function dumpStackPrintInfo(kernel: Kernel, taint: bigint): void {
  const { caller, profile } = kernel;
  const task = `${profile.dumpShows.uid ? `UID: ${caller.uid} ` : ''}PID: ${caller.pid} Comm: ${caller.comm.slice(0, 20)}`;
  // Threads of a CPU have its number in their names.
  const [, bound] = /^(?:swapper|kworker)\/(\d+)/.exec(caller.comm) ?? [];
  const cpu = bound ?? kernel.random.integer(CPUS);
  print(kernel, `CPU: ${cpu} ${task} ${printTainted(taint, profile.taintFlags)} ${profile.release} #1 ${profile.preempt}`);
  if (taint !== 0n && profile.dumpShows.taintNames) print(kernel, printTaintedVerbose(taint));
  print(kernel, `Hardware name: ${HARDWARE_NAME}`);
}

/** The dump of a panicking task: its first lines, the call trace, the registers of the program that made the call. Mirrors dump_stack(). */
export function dumpStack(kernel: Kernel, taint: bigint, { cause, entry }: PanicOrigin): void {
  const trace = kernel.profile.callTraces;
  const { frames, workqueue, interrupted } = trace.entry[entry];
  dumpStackPrintInfo(kernel, taint);
  if (workqueue !== undefined) print(kernel, `Workqueue: ${workqueue}`);
  print(kernel, 'Call Trace:');
  print(kernel, interrupted === undefined ? ' <TASK>' : ' <IRQ>');
  const fromUser = workqueue === undefined && interrupted === undefined;
  for (const frame of [...trace.panic, ...trace.cause[cause], ...frames, ...(fromUser ? trace.syscall : [])]) print(kernel, ` ${frame}`);
  if (fromUser) {
    const [rip, ...rest] = USER_REGISTERS.map((line) => drawn(kernel, line));
    for (const line of [rip ?? '', `Code: ${CODE}`, ...rest]) print(kernel, line);
  }
  if (interrupted !== undefined) for (const line of [' </IRQ>', ' <TASK>', ...interrupted]) print(kernel, drawn(kernel, line));
  print(kernel, ' </TASK>');
}

/** A line with random hex digits for each `{N}`. */
function drawn(kernel: Kernel, line: string): string {
  return line.replace(/\{(\d+)\}/g, (_, digits: string) => hexDigits(kernel, Number(digits)));
}

function hexDigits(kernel: Kernel, digits: number): string {
  return kernel.random
    .integer(16 ** digits)
    .toString(16)
    .padStart(digits, '0');
}

/** A line of a dump has the default level. */
function print(kernel: Kernel, text: string): void {
  kernel.printk(kernel.defaultMessageLevel, text);
}
