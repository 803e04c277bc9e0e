import type { LogLevel } from '../../abi/log-level.ts';
import type { Caller } from '../caller.ts';

/** A sysctl's value: a vector of integers (one, mostly) or a string. Integers are bigint, since an unsigned long passes 2^53. */
export type SysctlValue = readonly bigint[] | string;

/** What the handlers of sysctls see of the kernel. */
export interface SysctlHost {
  /** Values by dotted name, as sysctl(8) prints them: `vm.swappiness`. */
  readonly values: Map<string, SysctlValue>;
  readonly caller: Caller;
  /** RAM the page allocator manages, in kB: `MemTotal` of /proc/meminfo. */
  readonly totalRamKb: number;
  /** Free RAM at boot, in kB. */
  readonly freeRamKb: number;
  printk(level: LogLevel, text: string): void;
}

/**
 * Answers read(2) and write(2) on a sysctl, as a kernel `proc_handler` does.
 * `read` returns the bytes for one read of at most `length` at `position`; `write` returns the bytes consumed, or a negative errno.
 */
export interface ProcHandler {
  read(host: SysctlHost, entry: CtlTable, position: number, length: number): Uint8Array | number;
  write(host: SysctlHost, entry: CtlTable, position: number, data: Uint8Array): number;
}

/** One file below /proc/sys. Mirrors `struct ctl_table` (include/linux/sysctl.h). */
export interface CtlTable {
  readonly procname: string;
  /** Dotted name, the key of its value: `vm.swappiness`. */
  readonly name: string;
  readonly mode: number;
  readonly handler: ProcHandler;
  /** Boot value; a function where the kernel derives it from the machine. Absent for files that keep none. */
  readonly boot?: SysctlValue | ((host: Pick<SysctlHost, 'totalRamKb' | 'freeRamKb'>) => SysctlValue);
  /** Least and greatest value of a bounded handler (`extra1`, `extra2`). */
  readonly extra1?: bigint;
  readonly extra2?: bigint;
}
