// npm run test:faults: does the set-up, then runs the tests of test/faults in their long form, with a random seed. Arguments go to vitest.
import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { installTestTools, ROOT, setupOrExit } from './setup.mjs';

setupOrExit();
installTestTools();
const vitest = [join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', '--project', 'faults', ...process.argv.slice(2)];
const environment = { VMSYSCTLD_TEST_SEED: String(randomInt(2 ** 31)), ...process.env, VMSYSCTLD_TEST_FAULTS: 'long' };
const { status } = spawnSync(process.execPath, vitest, { cwd: ROOT, stdio: 'inherit', env: environment });
process.exit(status ?? 1);
