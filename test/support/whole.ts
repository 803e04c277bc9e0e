/**
 * Whether a run makes all comparisons with long recordings, and all runs of properties. `npm test` makes a fixed part of them;
 * test:coverage, test:recordings and test:transports make all.
 */
export const WHOLE = process.env['VMSYSCTLD_TEST_WHOLE'] !== undefined;

/** One in `oneIn` of a list, from the first on, always the same; all of it in a run that makes all comparisons. */
export function partOf<T>(all: readonly T[], oneIn: number): readonly T[] {
  return WHOLE ? all : all.filter((_, index) => index % oneIn === 0);
}
