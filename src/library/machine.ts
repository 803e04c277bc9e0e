import type { ErrnoName } from '../abi/errno.ts';
import type { PageTypeName } from '../kernel/memory/page-types.ts';
import type { Race } from '../kernel/memory-failure/races.ts';
import type { Via } from '../kernel/memory-failure/via.ts';
import type { LogFormatName } from '../kernel/printk/log-format.ts';

/** What a system call came to: what it gave, or the name of its errno. Nothing is thrown for an errno. */
export type Result<Given extends object = object> = ({ readonly ok: true } & Readonly<Given>) | { readonly ok: false; readonly errno: ErrnoName };

/** What a batch of commands came to. `refused` says what is wrong with it where it is none, and nothing of it was done. */
export type ControlResult = { readonly ok: true } | { readonly ok: false; readonly errno: ErrnoName; readonly refused?: string };

/** An error in memory: in a page of a type, in a frame, or at a physical address; at most one of them, and in any page where none is said. */
export interface Injection {
  readonly type?: PageTypeName;
  readonly pfn?: number;
  readonly phys?: number;
  /** How many pages of the type; 1 unless said. */
  readonly count?: number;
  /** How the error comes: `hard` unless said, as through hard_offline_page. */
  readonly via?: Via;
  /** What happens to the page at the moment memory_failure() is least ready for it. */
  readonly race?: Race;
}

/** What a machine did that is not only a line of its log. */
export type MachineEvent =
  | { readonly kind: 'boot' }
  /** `text` is what follows `Kernel panic - not syncing: `. */
  | { readonly kind: 'panic'; readonly text: string }
  /** What became of an error in a page: the two parts of `recovery action for PAGE: ACTION`. */
  | { readonly kind: 'memory-failure'; readonly pfn: number; readonly page: string; readonly action: string }
  /** A process of the machine's was sent a signal. */
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
 * An emulated machine, booted. Everything happens within the call that causes it: no timer runs, nothing of the host is touched. Paths are those
 * of a machine (`/proc/sys/vm/swappiness`); `/control` is the control file of a mount. Files are opened as root.
 */
export interface Machine {
  /** All of a file as text, as `cat` reads it. A dead machine answers EIO. */
  read(path: string): Result<{ text: string }>;
  /** At most `length` bytes of a file from `position` on, as pread(2): what binary files such as /proc/kpageflags are read by. */
  readBytes(path: string, position: number, length: number): Result<{ bytes: Uint8Array }>;
  /** One write(2) of a text to a file opened for it. `bytes` is how many it took, which may be fewer than there are. */
  write(path: string, text: string): Result<{ bytes: number }>;
  /** The names in a directory. */
  list(path: string): Result<{ names: readonly string[] }>;

  /**
   * All of a file, or a throw: for tools that are handed something like readFileSync().
   * @throws MachineFileError where the file cannot be read; its `code` is the errno's name
   */
  cat(path: string): string;
  /**
   * `echo TEXT > PATH`: writes a line, and goes on where less was taken, as a shell does.
   * @throws MachineFileError where a write fails; its `code` is the errno's name
   */
  echo(text: string, path: string): void;

  /**
   * Runs a batch of commands of the control file, one a line, as `cat control` lists them.
   * @example machine.control('page pfn=0x3000 type=anon mapped=nginx:611\naccess pfn=0x3000')
   */
  control(commands: string): ControlResult;
  /**
   * Has an error occur in memory. The result is that of the write(2) which would have caused it: EIO too where the machine has panicked.
   * @example machine.inject({ type: 'slab' }) // { ok: false, errno: 'EBUSY' } under v4
   * @throws MachineOptionError where that is no error there can be
   */
  inject(injection: Injection): Result;
  /**
   * Moves the machine's clock on, by milliseconds, at once: what has fallen due by then, such as the reboot after a panic, happens.
   * @throws MachineOptionError for what is no such time
   */
  advance(milliseconds: number): void;

  /** The lines of the log since the machine was made, over all its boots, in a format of `--log-format`: `dmesg` unless said. */
  log(format?: LogFormatName): string[];
  /** What has happened since the machine was made, the boot first. */
  readonly events: readonly MachineEvent[];
  /** What the machine panicked of: while it is dead. A reboot makes it undefined again. */
  readonly panic: string | undefined;
  /** How often it has booted: 1 of a new machine. */
  readonly boots: number;
  /** Milliseconds since the last boot. */
  readonly uptime: number;
  /** Since the last boot. */
  readonly counters: MachineCounters;
}
