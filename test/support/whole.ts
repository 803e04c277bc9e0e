/**
 * Whether a run makes all comparisons with long recordings, and all runs of properties. `npm test` makes a fixed part of them;
 * test:coverage, test:recordings and test:transports make all.
 */
export const WHOLE = process.env['VMSYSCTLD_TEST_WHOLE'] !== undefined;

/** One in `oneIn` of a list, beginning with the first, always the same ones. In a run that makes all comparisons, all of the list. */
export function partOf<T>(all: readonly T[], oneIn: number): readonly T[] {
  return WHOLE ? all : all.filter((_, index) => index % oneIn === 0);
}
