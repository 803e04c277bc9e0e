import type { Kernel } from '../kernel/kernel.ts';
import type { History } from './command-log.ts';
import type { Faults } from '../vfs/faults.ts';

/** Who serves a machine's files, and where its log goes. */
export interface ServedBy {
  readonly pid: number;
  /** The transport, as `--transport` names it. */
  readonly transport: string;
  /** The directory of the tree that is the root, where it is not the whole. */
  readonly subtree?: string;
  /** Absolute, as whoever sees the files finds it, and how its lines look. */
  readonly logPath: string;
  readonly logFormat: string;
}

/** An emulated machine with what is outside of it: the faults of its files, and what was done to it. */
export interface ControlledMachine {
  readonly kernel: Kernel;
  readonly faults: Faults;
  readonly history: History;
  /** Whether the machine has such a file: what `fail` and `delay` may name. The control file is not the machine's, and cannot lock itself out. */
  readonly hasFile: (path: string) => boolean;
  /** As it is now: its log may go elsewhere from some moment on. */
  readonly served?: () => ServedBy;
}
