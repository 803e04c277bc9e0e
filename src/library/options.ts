import type { ProfileName } from '../kernel/profiles/names.ts';

/** What a machine is made of. What is not said is as on the command line, but for the seed: a test is to come out the same every time. */
export interface MachineOptions {
  /** Which kernel: the patch series as posted (`v4`, the default), or what Linux 7.3 merged. */
  readonly profile?: ProfileName;
  /** RAM: bytes, or a text such as `32G`; 128M to 64T, 1G unless said. */
  readonly memory?: number | string;
  /** Where RAM is, what is in it, and who runs: the text of a file for `--machine`. */
  readonly machineFile?: string;
  /** Fixes every random choice: a whole number below 2^32, 0 unless said. */
  readonly seed?: number;
  /** Values that every boot sets, by dotted name, checked as `--sysctl` is. */
  readonly sysctls?: Readonly<Record<string, string | number | bigint>>;
  /** Network interfaces beside lo, by name: `['eth0', 'eth0.100']`. */
  readonly interfaces?: readonly string[];
  /** Kernel modules that are loaded, by name: `['nf_conntrack']`. */
  readonly modules?: readonly string[];
  /** What the kernel does without: `['ipv6']`, as booted with ipv6.disable=1. */
  readonly without?: readonly 'ipv6'[];
  /**
   * Microseconds on a clock that never goes back. Unless it is given the clock stands still, but for what {@link Machine.advance} moves it, so that
   * time stamps are the same every time.
   */
  readonly clock?: () => number;
  /** Wall time when the machine is made, which lines in the format `syslog` show: 1970-01-01 UTC unless said. */
  readonly startedAt?: Date;
}
