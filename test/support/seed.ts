/**
 * What everything random in a run of the tests is made of: the same in every run, so that npm test is deterministic. VMSYSCTLD_TEST_SEED gives
 * another; `npm run test:random` tries one after the other.
 */
export const SEED = Number(process.env['VMSYSCTLD_TEST_SEED'] ?? 1);
