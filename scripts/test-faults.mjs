// npm run test:faults: sets up what is missing, then runs the tests of test/faults in their long form. Arguments go to vitest.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { installTestTools, ROOT, setupOrExit } from './setup.mjs';

setupOrExit();
installTestTools();
const vitest = [join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', '--project', 'faults', ...process.argv.slice(2)];
const { status } = spawnSync(process.execPath, vitest, { cwd: ROOT, stdio: 'inherit', env: { ...process.env, VMSYSCTLD_TEST_FAULTS: 'long' } });
process.exit(status ?? 1);
