import type { ProfileName } from '../kernel/profiles/names.ts';

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
  /** Network interfaces beside lo, by name: `['eth0', 'eth0.100']`. */
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
