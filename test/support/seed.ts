/**
 * The seed of everything random in a run of the tests. It is the same in every run, so npm test is deterministic. VMSYSCTLD_TEST_SEED gives
 * another one; `npm run test:random` tries one after the other.
 */
export const SEED = Number(process.env['VMSYSCTLD_TEST_SEED'] ?? 1);
