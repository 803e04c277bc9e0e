import type { Kernel } from '../kernel/kernel.ts';
import type { CommandLog } from './command-log.ts';
import type { Faults } from '../vfs/faults.ts';

/** The process that serves a machine's files, and where its log goes. */
export interface ServedBy {
  readonly pid: number;
  /** The transport, as `--transport` names it. */
  readonly transport: string;
  /** The directory that is the root of the mount. Absent: the mount has the whole tree. */
  readonly subtree?: string;
  /** Absolute, as the users of the files see it. */
  readonly logPath: string;
  /** The format of its lines, as `--log-format` names it. */
  readonly logFormat: string;
}

/** An emulated machine, and what is outside of it: the faults of its files, and the log of commands. */
export interface ControlledMachine {
  readonly kernel: Kernel;
  readonly faults: Faults;
  readonly commandLog: CommandLog;
  /** Whether the machine has this file, so that `fail` and `delay` may name it. The control file is outside of it, and cannot lock itself out. */
  readonly hasFile: (path: string) => boolean;
  /** The present state: the log can move to another file. Absent: no process serves the files. */
  readonly served?: () => ServedBy;
}
