// fast-check with the seed of the run for every property. Tests import it from here; lint checks that.
import fc from 'fast-check';
import { SEED } from './seed.ts';

fc.configureGlobal({ seed: SEED });

export default fc;
