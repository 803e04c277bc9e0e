import type { ErrnoName } from '../abi/errno.ts';
import type { Race, Via } from '../kernel/memory-failure/injection.ts';
import type { PageTypeName } from '../kernel/memory/page-types.ts';
import type { CperSeverity } from '../kernel/ras/cper.ts';
import type { LogFormatName } from '../kernel/printk/log-format.ts';
import type { ProfileName } from '../kernel/profiles/names.ts';

/** The result of a system call, or the name of its errno. An errno is not thrown. */
export type Result<Given extends object = object> = ({ readonly ok: true } & Readonly<Given>) | { readonly ok: false; readonly errno: ErrnoName };

/** The result of a batch of commands. `refused` is the reason if the batch is wrong and nothing of it was done. */
export type ControlResult = { readonly ok: true } | { readonly ok: false; readonly errno: ErrnoName; readonly refused?: string };

/** An error in memory: in a page of a type, in a frame, or at a physical address. At most one of these; with none, in any page. */
export interface Injection {
  readonly type?: PageTypeName;
  readonly pfn?: number;
  readonly phys?: number;
  /** Number of pages of the type. Default 1. */
  readonly count?: number;
  /** The entry of the error. Default `hard`, as through hard_offline_page. */
  readonly via?: Via;
  /** A race that memory_failure() loses. */
  readonly race?: Race;
}

/** A severity of a hardware error. */
export type ErrorSeverity = CperSeverity;

/**
 * An error as the hardware reports it. Without `type`, `pfn` and `phys` it has no address. Each field of the record that is given is valid in it;
 * their names are those of the control file, in camel case.
 */
export interface HardwareError {
  readonly severity: ErrorSeverity;
  readonly type?: PageTypeName;
  readonly pfn?: number;
  readonly phys?: number;
  /** A record of the firmware, or a machine check, which has no fields. Default `ghes`. */
  readonly via?: 'ghes' | 'mce';
  /** A name such as `multi-bit-ecc`, or the number in the record. */
  readonly kind?: string | number;
  /** At most 20 bytes. */
  readonly fru?: string;
  readonly status?: number | bigint;
  readonly mask?: number | bigint;
  readonly node?: number;
  readonly card?: number;
  readonly module?: number;
  readonly rank?: number;
  readonly bank?: number;
  readonly bankGroup?: number;
  readonly bankAddress?: number;
  readonly device?: number;
  readonly row?: number;
  readonly rowExt?: number;
  readonly column?: number;
  readonly bit?: number;
  readonly requestor?: number | bigint;
  readonly responder?: number | bigint;
  readonly target?: number | bigint;
  readonly chip?: number;
  readonly memArray?: number;
  readonly memDev?: number;
  readonly thresholdExceeded?: boolean;
  /** How often the error comes. Default 1. */
  readonly count?: number;
}

/** What a machine did, besides the lines of its log. */
export type MachineEvent =
  | { readonly kind: 'boot' }
  /** `text` is what follows `Kernel panic - not syncing: `. */
  | { readonly kind: 'panic'; readonly text: string }
  /** How an error in a page ended: the two parts of `recovery action for PAGE: ACTION`. */
  | { readonly kind: 'memory-failure'; readonly pfn: number; readonly page: string; readonly action: string }
  /** A process of the machine was sent a signal. */
  | { readonly kind: 'signal'; readonly pid: number; readonly comm: string; readonly signal: 'SIGBUS' | 'SIGKILL' };

/** Counters of /sys/devices/system/node/node0/memory_failure, and the pages poisoned now (HardwareCorrupted of /proc/meminfo, in pages). */
export interface MachineCounters {
  readonly total: number;
  readonly ignored: number;
  readonly failed: number;
  readonly delayed: number;
  readonly recovered: number;
  readonly poisonedPages: number;
}

/**
 * An emulated machine, booted. Everything happens within the call that causes it: no timer runs, and the host is not touched. Paths are
 * those of a machine (`/proc/sys/vm/swappiness`); `/control` is the control file of a mount. Files are opened as root.
 */
export interface Machine {
  /** All of a file as text, as `cat` reads it. A dead machine answers EIO. */
  read(path: string): Result<{ text: string }>;
  /** At most `length` bytes of a file from `position` on, as pread(2): for binary files such as /proc/kpageflags. */
  readBytes(path: string, position: number, length: number): Result<{ bytes: Uint8Array }>;
  /** One write(2) of a text to a file opened for it. `bytes` is how many it took, which may be fewer than there are. */
  write(path: string, text: string): Result<{ bytes: number }>;
  /** The names in a directory. */
  list(path: string): Result<{ names: readonly string[] }>;

  /**
   * All of a file, or a throw: for code that expects a function like readFileSync().
   * @throws MachineFileError if the file cannot be read; its `code` is the errno's name
   */
  cat(path: string): string;
  /**
   * `echo TEXT > PATH`: writes a line, and continues after a short write, as a shell does.
   * @throws MachineFileError if a write fails; its `code` is the errno's name
   */
  echo(text: string, path: string): void;

  /**
   * Runs a batch of commands of the control file, one a line, as `cat control` lists them.
   * @example machine.control('page pfn=0x3000 type=anon mapped=nginx:611\naccess pfn=0x3000')
   */
  control(commands: string): ControlResult;
  /**
   * Injects an error into memory. The result is that of the write(2) that would inject it: EIO also if the machine panics.
   * @example machine.inject({ type: 'slab' }) // { ok: false, errno: 'EBUSY' } under v4
   * @throws MachineOptionError if the injection is wrong
   */
  inject(injection: Injection): Result;
  /**
   * Reports an error of the hardware, with all that the kernel makes of it: lines, trace events, counters, memory_failure(). The result is that of
   * memory_failure() where the kernel calls it; EIO if the machine panics.
   * @example machine.error({ severity: 'recoverable', kind: 'multi-bit-ecc', type: 'anon', fru: 'DIMM_A1' })
   * @throws MachineOptionError if the error is wrong
   */
  error(error: HardwareError): Result;
  /**
   * Moves the clock of the machine forward by milliseconds, at once. What is due by then happens, such as the reboot after a panic.
   * @throws MachineOptionError if that is no such time
   */
  advance(milliseconds: number): void;

  /** The lines of the log since the machine was made, over all its boots, in a format of `--log-format`. Default `dmesg`. */
  log(format?: LogFormatName): string[];
  /** All events since the machine was made, the boot first. */
  readonly events: readonly MachineEvent[];
  /** The text of the panic while the machine is dead; else undefined. */
  readonly panic: string | undefined;
  /** Number of boots: 1 for a new machine. */
  readonly boots: number;
  /** Milliseconds since the last boot. */
  readonly uptime: number;
  /** Since the last boot. */
  readonly counters: MachineCounters;
}

/** Options of a machine. Defaults are those of the command line, except for the seed, so that a test has the same result every time. */
export interface MachineOptions {
  /** Which kernel: the patch series as posted (`v4`, the default), or what Linux 7.3 merged. */
  readonly profile?: ProfileName;
  /** RAM: bytes, or a text such as `32G`; 128M to 64T. Default 1G. */
  readonly memory?: number | string;
  /** The memory and the processes: the text of a file for `--machine`. */
  readonly machineFile?: string;
  /** Fixes every random choice: a whole number below 2^32. Default 0. */
  readonly seed?: number;
  /** Values that every boot sets, by dotted name, checked as `--sysctl` is. */
  readonly sysctls?: Readonly<Record<string, string | number | bigint>>;
  /** Network interfaces besides lo, by name: `['eth0', 'eth0.100']`. */
  readonly interfaces?: readonly string[];
  /** Kernel modules that are loaded, by name: `['nf_conntrack']`. */
  readonly modules?: readonly string[];
  /** Features that the kernel lacks: `['ipv6']`, as booted with ipv6.disable=1. */
  readonly without?: readonly 'ipv6'[];
  /**
   * Microseconds on a clock that never goes back. Default: a clock that stands still and moves only by {@link Machine.advance}, so that
   * time stamps are the same every time.
   */
  readonly clock?: () => number;
  /** Wall time when the machine is made, for lines in the format `syslog`. Default 1970-01-01 UTC. */
  readonly startedAt?: Date;
}

/** An option or a command is wrong. The message is one line: what is wrong, and what would be right. */
export class MachineOptionError extends Error {
  override readonly name = 'MachineOptionError';
}

/**
 * A read or a write of a file failed. As with errors of node:fs, `code` is the name of the errno, such as `EINVAL`, and `path` the file.
 */
export class MachineFileError extends Error {
  override readonly name = 'MachineFileError';
  readonly code: ErrnoName;
  readonly syscall: 'read' | 'write';
  readonly path: string;

  constructor(code: ErrnoName, syscall: 'read' | 'write', path: string) {
    super(`${code}: cannot ${syscall} ${path}`);
    this.code = code;
    this.syscall = syscall;
    this.path = path;
  }
}
