// Sysctls: a row for each file below /proc/sys, and the handlers that read and write them. The folder imports abi/ and, of the kernel,
// at most random.ts, cpus.ts and version.ts: SysctlHost is all that a handler sees of the rest. Start at CtlTable and sysctl() below. Rows lie in tables/,
// handlers of many files in proc-*.ts, handlers of one file or one protocol beside them, kernel modules in modules/.
import type { Caller, Capability } from '../../abi/caller.ts';
import type { LogLevel } from '../../abi/log-level.ts';
import type { Random } from '../random.ts';
import type { KernelVersion, Lifetime } from '../version.ts';
import type { KernelSysctls } from './kernel-sysctls.ts';
import type { NetInterface } from './machine-parts.ts';
import type { Scale } from './scales.ts';

/**
 * A sysctl's value: a vector of integers (one, mostly) or a string. Integers are bigint, since an unsigned long passes 2^53. A string holds
 * one byte a character (Latin-1): the kernel keeps bytes, and what was written must read back whatever its encoding.
 */
export type SysctlValue = readonly bigint[] | string;

/** What the handlers of sysctls see of the kernel. */
export interface SysctlHost {
  /** The kernel that is emulated. */
  readonly profile: KernelSysctls;
  /**
   * Values by dotted name, as sysctl(8) prints them: `vm.swappiness`. A name with `#` is a static variable of a handler, which no file
   * shows; it is here so that a boot forgets it with the rest.
   */
  readonly values: Map<string, SysctlValue>;
  readonly caller: Caller;
  /** RAM the page allocator manages, in kB: `MemTotal` of /proc/meminfo. */
  readonly totalRamKb: number;
  /** Free RAM at boot, in kB. */
  readonly freeRamKb: number;
  /** The network interfaces the machine has now; none where absent. */
  readonly interfaces?: readonly NetInterface[];
  /** The kernel modules that are loaded; none where absent. */
  readonly modules?: readonly string[];
  /** Sets the size of the pool of huge pages, which was `had`. Returns the new size. Absent if there is no memory to take pages from. */
  resizeHugetlbPool?(wanted: bigint, had: bigint): bigint;
  /** Random numbers that programs ask for: they are drawn apart from those that the model uses. Absent: always the same. */
  readonly entropy?: Random;
  /**
   * Logs a text, which may have newlines in it: each line becomes one of the log's. One `unfinished`, for want of a newline in the kernel's
   * format, is there for readers when the next is added.
   */
  printk(level: LogLevel, text: string, unfinished?: 'unfinished'): void;
  /** Logs a text with bytes of a program's in it, which need not be UTF-8: one byte a character. */
  printkLatin1(level: LogLevel, text: string): void;
}

/** What boot values are computed from. */
export type MachineSize = Pick<SysctlHost, 'profile' | 'totalRamKb' | 'freeRamKb' | 'interfaces' | 'modules'>;

/**
 * Answers read(2) and write(2) on a sysctl, as a kernel `proc_handler` does.
 * `read` returns the bytes for one read of at most `length` at `position`; `write` returns the bytes consumed, or a negative errno.
 */
export interface ProcHandler {
  read(host: SysctlHost, entry: CtlTable, position: number, length: number): Uint8Array | number;
  write(host: SysctlHost, entry: CtlTable, position: number, data: Uint8Array): number;
  /** Whether a write that succeeded at this position leaves the descriptor there, instead of behind what was written. Absent: no. */
  keepsPosition?(host: SysctlHost, entry: CtlTable, position: number, data: Uint8Array): boolean;
  /** What a write may say, to go after "takes" in an error message: `a whole number from 0 to 200`. */
  takes(entry: CtlTable): string;
}

/** A line that a write logs. */
export interface SysctlMessage {
  readonly level: LogLevel;
  readonly text: (caller: Caller, value: bigint) => string;
  /** `attempted`: before the write is looked at; `accepted`: if it succeeds, even if nothing was written; `changed`: by a new value. */
  readonly when: 'attempted' | 'accepted' | 'changed';
  /** Only with this value, where given. */
  readonly value?: bigint;
  readonly unfinished?: true;
  /** Whether this value makes the line the last of its kind until the next boot (pr_info_once() and its like). */
  readonly endsWith?: (value: bigint) => boolean;
  /** Printed once until the next boot by all rows together that name the same static variable, one with `#` in it (pr_warn_once()). */
  readonly once?: string;
}

/** What a handler looks at once the number itself has been accepted and stored. */
export interface WriteCheck {
  /** A negative errno to refuse the value with, or 0. `old` is what it replaces; `host` holds the new value already. */
  readonly refuses: (value: bigint, old: bigint, host: SysctlHost) => number;
  /** Set where the kernel leaves the refused value in place. */
  readonly keepsRefused?: true;
  /** What may be written, as {@link ProcHandler.takes} puts it. */
  readonly takes: string;
}

export type Bound = bigint | string;

/** What a handler asks of its caller before it does anything: without it, EPERM. Of root too, where root gave capabilities up. */
export interface CapabilityCheck {
  readonly of: readonly Capability[];
  /** Whether one of them is enough; all of them where it is left out. */
  readonly enough?: 'one';
  /** Whether reads are checked too. */
  readonly reads?: true;
}

/** What open(2) asks instead of looking at the owner. Mirrors `permissions` of struct ctl_table_root (include/linux/sysctl.h). */
export interface Permissions {
  /** One of these is enough to have the owner's mode bits. */
  readonly of: readonly Capability[];
  /** The bits that its holder has, where they are not the owner's: read 4, write 2. */
  readonly bits?: number;
  /** Root without it has no more than others. */
  readonly rootToo?: true;
}

/** One file below /proc/sys. Mirrors `struct ctl_table` (include/linux/sysctl.h), and adds as data what handlers of one file alone do. */
export interface CtlTable extends Lifetime {
  /** Below /proc/sys: `vm/swappiness`. The directories are derived from it. */
  readonly path: string;
  /** The last name of the path. */
  readonly procname: string;
  /** Dotted name, the key of its value, as sysctl(8) prints it: `vm.swappiness`, `net.ipv4.conf.eth0/100.forwarding`. */
  readonly name: string;
  readonly mode: number;
  readonly handler: ProcHandler;
  /** Boot value; a function where the kernel derives it from the machine. Absent for files that keep none. */
  readonly boot?: SysctlValue | ((host: MachineSize) => SysctlValue);
  /** The sysctl whose value it starts with, where an interface takes what `default` holds when it appears. */
  readonly inherits?: string;
  /** Least and greatest value of a bounded handler (`extra1`, `extra2`): a number, or the dotted name of the sysctl that holds it. */
  readonly extra1?: Bound;
  readonly extra2?: Bound;
  /** Bytes a string may take, its final NUL among them; the 65 of UTS names where the row says nothing. */
  readonly maxlen?: number;
  /** A vector that a refused write leaves as it was; other vectors keep the numbers that came before the bad one. */
  readonly allOrNothing?: true;
  readonly check?: WriteCheck;
  readonly capability?: CapabilityCheck;
  /** Who may open it, where its mode does not say so alone. */
  readonly permissions?: Permissions;
  /** The value kept when `written` was accepted, where that is not `written` itself. */
  readonly settle?: (host: SysctlHost, written: bigint, old: bigint) => bigint;
  /** Sysctls that a write sets to 0: any that succeeds, or one that changes the value. */
  readonly zeroes?: { readonly name: string; readonly when: 'accepted' | 'changed' };
  /** Another name of the same value. */
  readonly twin?: string;
  /** The unit that the other name shows the value in, where it is not the same. */
  readonly twinScale?: Scale;
  readonly messages?: readonly SysctlMessage[];
  /**
   * How the row was in kernels older than the version. A given property replaces that of the row, and `undefined` removes it. If several
   * entries apply to a kernel, all of them count. If two have the same property, the older one counts.
   */
  readonly before?: Readonly<Partial<Record<KernelVersion, OlderRow>>>;
}

/** What a row can have been before. */
export type OlderRow = { readonly [K in Exclude<keyof CtlTable, 'path' | 'procname' | 'name' | 'since' | 'until' | 'before'>]?: CtlTable[K] | undefined };

type Row = Omit<CtlTable, 'path' | 'procname' | 'name' | 'mode' | 'handler'> & { readonly mode?: number };

/** The row of the file at `path` below /proc/sys; mode 0644 where it says nothing. */
export function sysctl(path: string, handler: ProcHandler, { mode = 0o644, ...row }: Row): CtlTable {
  return { path, procname: path.slice(path.lastIndexOf('/') + 1), name: dottedName(path), mode, handler, ...row };
}

const SWAPPED: Readonly<Record<string, string>> = { '/': '.', '.': '/' };

/** The dotted name of a path below /proc/sys, or the path of a dotted name: dots and slashes change places. */
export function dottedName(path: string): string {
  return path.replaceAll(/[./]/g, (character) => SWAPPED[character] ?? character);
}

/** The bytes of a string value, one a character. */
export function latin1Bytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  // Values are short texts, for which this is ten times as fast as TextEncoder.
  for (let index = 0; index < bytes.length; index += 1) bytes[index] = text.charCodeAt(index);
  return bytes;
}

/** The string value of bytes up to `end`, a NUL, or the end of the data, whichever comes first: what `%s` of printk() prints. */
export function latin1Text(data: Uint8Array, end: number = data.length): string {
  let text = '';
  for (const byte of data.subarray(0, end)) {
    if (byte === 0) break;
    text += String.fromCharCode(byte);
  }
  return text;
}
