/** How often, or how much of, each fault happens: in `npm test`, and in `npm run test:faults`. The README's table of faults has the same. */
export const COUNTS = {
  /** Daemons killed by SIGKILL under load. */
  kills: { short: 2, long: 100 },
} as const satisfies Record<string, { readonly short: number; readonly long: number }>;

export type Fault = keyof typeof COUNTS;

/** Whether this is the long form, which `npm run test:faults` is. */
export const LONG = process.env['VMSYSCTLD_TEST_FAULTS'] === 'long';

/** The count of this run. */
export function count(fault: Fault): number {
  return COUNTS[fault][LONG ? 'long' : 'short'];
}

/** How long a test may take, in milliseconds, that takes `each` for each of its faults on a busy machine. */
export function patience(fault: Fault, each: number): number {
  return 60_000 + count(fault) * each;
}
