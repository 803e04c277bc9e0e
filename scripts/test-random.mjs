// npm run test:random [-- RUNS [FILE…]]: runs the property tests with RUNS random seeds, 10 by default, up to the first that fails. It
// prints the seed: VMSYSCTLD_TEST_SEED=SEED npm test -- FILE repeats the run. A counterexample becomes a case of its test.
import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { installTestTools, ROOT, setupOrExit } from './setup.mjs';

const [runs = '10', ...files] = process.argv.slice(2);
if (!/^[1-9]\d*$/.test(runs)) {
  process.stderr.write(`test:random takes a number of runs, such as 10, not '${runs}'\n`);
  process.exit(2);
}
/** Property tests, and the comparison of check with the real tools. */
const RANDOM = ['test/property', 'test/tools/check-tools.test.ts'];

setupOrExit();
installTestTools();
const vitest = [join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', '--project', 'model', '--project', 'tools', ...(files.length > 0 ? files : RANDOM)];
for (let run = 1; run <= Number(runs); run += 1) {
  const seed = String(randomInt(2 ** 31));
  process.stderr.write(`test:random: run ${run} of ${runs}, VMSYSCTLD_TEST_SEED=${seed}\n`);
  const { status } = spawnSync(process.execPath, vitest, { cwd: ROOT, stdio: 'inherit', env: { ...process.env, VMSYSCTLD_TEST_SEED: seed, VMSYSCTLD_TEST_WHOLE: '1' } });
  if (status !== 0) process.exit(status ?? 1);
}
