// fast-check, of which every property draws by the seed of the run. Tests import it from here: lint sees to it.
import fc from 'fast-check';
import { SEED } from './seed.ts';

fc.configureGlobal({ seed: SEED });

export default fc;
