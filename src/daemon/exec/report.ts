import { errnoName } from '../../abi/errno.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { SysctlValue } from '../../kernel/sysctl/ctl-table.ts';

/** The process that did something. Its pid is that in CMD's pid namespace. */
export interface ReportedCaller {
  readonly pid: number;
  readonly uid: number;
  readonly comm: string;
}

/** The time: wall time, the number of the machine's boot, from 1, and the seconds since that boot. */
export interface ReportedTime {
  readonly at: string;
  readonly boot: number;
  readonly uptime: number;
}

/** The fields of every write. */
interface ReportedWrite extends ReportedTime {
  readonly file: string;
  /** The written text, without its last newline. */
  readonly wrote: string;
  /** `ok`, or the name of the errno. */
  readonly result: string;
  readonly by: ReportedCaller;
}

export interface ReportedSysctl extends ReportedWrite {
  readonly name: string;
  /** Values in the form in which the file shows them, without the newline. Null for a file that keeps none. */
  readonly old: string | null;
  readonly new: string | null;
}

export interface ReportedVerdict {
  readonly pfn: string;
  readonly page: string;
  readonly action: string;
}

/** A write that may inject errors: to the control file, to hard_offline_page and its like. */
export interface ReportedInjection extends ReportedWrite {
  readonly verdicts: readonly ReportedVerdict[];
}

export interface ReportedPanic extends ReportedTime {
  readonly text: string;
}

/** CMD called reboot(2): the machine booted again, or was halted or switched off. */
export interface ReportedReboot extends ReportedTime {
  readonly halted: boolean;
}

/** What `--report` writes. */
export interface ExecReport {
  readonly profile: string;
  readonly seed: number;
  readonly command: readonly string[];
  readonly sysctls: readonly ReportedSysctl[];
  readonly injections: readonly ReportedInjection[];
  readonly panics: readonly ReportedPanic[];
  readonly reboots: readonly ReportedReboot[];
  /** How CMD ended in its last run: one of the two, or neither if the machine died during the run. */
  readonly status: number | null;
  readonly signal: string | null;
  /** How often CMD was run. */
  readonly runs: number;
}

/** The present time of a machine. */
export function timeOf(kernel: Kernel): ReportedTime {
  return { at: new Date().toISOString(), boot: kernel.boots, uptime: kernel.uptime() / 1e6 };
}

/** A sysctl's value as its file shows it. */
export function valueText(value: SysctlValue | undefined): string | null {
  if (value === undefined) return null;
  return typeof value === 'string' ? Buffer.from(value, 'latin1').toString() : value.join('\t');
}

/** The result of a write. */
export function resultText(answer: number): string {
  return answer < 0 ? errnoName(answer) : 'ok';
}

/** What was written, as text. */
export function writtenText(data: Uint8Array): string {
  return Buffer.from(data).toString().replace(/\n$/, '');
}
