/**
 * How often, or how large, each fault is in `npm test` and in `npm run test:faults`. The table of docs/reliability.md has the same numbers.
 */
export const COUNTS = {
  /** Daemons killed by SIGKILL under load. */
  kills: { short: 2, long: 100 },
  /** SIGHUPs sent while lines are written and the log is renamed. */
  hangups: { short: 200, long: 5000 },
  /** How often another process unmounts, in each way. */
  unmounts: { short: 1, long: 10 },
  /** Clients at the same time. */
  clients: { short: 200, long: 1000 },
  /** Bytes written to control without a newline. */
  longLineMiB: { short: 16, long: 64 },
  /** Short lines written to control. */
  shortLines: { short: 50_000, long: 1_000_000 },
  /** Random bytes written to every writable file. */
  randomBytes: { short: 2000, long: 1_000_000 },
  /** Random operations on random files, in process. */
  randomOperations: { short: 10_000, long: 1_000_000 },
  /** Files that a client opens and keeps open. */
  openFiles: { short: 10_000, long: 100_000 },
  /** The distance between the limits of open files that are tried. */
  descriptorStep: { short: 24, long: 2 },
  /** Clients whose answers are held back at the same time. */
  heldBack: { short: 300, long: 2000 },
  /** How often the daemon is stopped for most of a second. */
  stops: { short: 2, long: 20 },
  /** How many exec run at the same time. */
  crowd: { short: 10, long: 100 },
  /** Commands of each kind that would make the machine keep more and more. */
  growth: { short: 100_000, long: 3_000_000 },
  /** Corrected errors of one command. */
  storm: { short: 15_000, long: 1_000_000 },
} as const satisfies Record<string, { readonly short: number; readonly long: number }>;

export type Fault = keyof typeof COUNTS;

/** Whether this is the long form, which `npm run test:faults` is. */
export const LONG = process.env['VMSYSCTLD_TEST_FAULTS'] === 'long';

/** The count in this run. */
export function count(fault: Fault): number {
  return COUNTS[fault][LONG ? 'long' : 'short'];
}

/** How long a test may take, in milliseconds, if each of its faults takes `each` on a busy machine. */
export function patience(fault: Fault, each: number): number {
  return 240_000 + count(fault) * each;
}
