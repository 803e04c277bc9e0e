// fast-check with the seed of the run for every property. Tests import it from here; lint checks that.
import fc from 'fast-check';
import { SEED } from './seed.ts';
import { WHOLE } from './whole.ts';

/** How often a run of the tests tries a property that is worth `all` tries: as often, or a quarter of it in `npm test`. */
export function runs(all: number): number {
  return WHOLE ? all : Math.ceil(all / 4);
}

// For properties that name no number.
fc.configureGlobal({ seed: SEED, numRuns: runs(100) });

export default fc;
