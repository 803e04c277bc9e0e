import { seededRandom } from '../../../src/kernel/random.ts';

/** What everything random in a run comes of; told with every failure. `VMSYSCTLD_TEST_SEED` repeats a run. */
export const SEED = Number(process.env['VMSYSCTLD_TEST_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

/** Whole numbers of [0, below), the same in every run of that seed. */
export function chance(): (below: number) => number {
  const random = seededRandom(SEED);
  return (below) => random.integer(below);
}

/** Tells what was counted: a test that passes says no more otherwise. */
export function tell(what: string): void {
  console.log(`${what} (seed ${SEED})`);
}
