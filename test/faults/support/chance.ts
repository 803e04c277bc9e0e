import { seededRandom } from '../../../src/kernel/random.ts';
import { SEED } from '../../support/seed.ts';

/** Whole numbers of [0, below), the same in every run with that seed. */
export function chance(): (below: number) => number {
  const random = seededRandom(SEED);
  return (below) => random.integer(below);
}

/** Prints the counts, because a test that passes prints nothing. */
export function tell(what: string): void {
  console.log(`${what} (seed ${SEED})`);
}
