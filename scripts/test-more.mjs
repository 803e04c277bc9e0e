// npm run test:costs, test:transports, test:release, test:live: tests that npm test leaves out, by their name in KINDS. It does the set-up
// first. Arguments go to vitest.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { installTestTools, ROOT, setupOrExit } from './setup.mjs';

const KINDS = {
  // CPU time and memory. Regular expressions must be linear, and an injection must cost the same when few pages are left.
  costs: { projects: ['costs'], environment: {} },
  // The tests that npm test runs on one transport, on each.
  transports: { projects: ['conformance', 'e2e', 'faults'], environment: { VMSYSCTLD_TEST_TRANSPORTS: 'each' } },
  // npm's package on each line of Node.js, the Debian package in a Debian of its own, and the units under a real systemd.
  release: { projects: ['release'], environment: {}, tools: { lintian: 'lintian', mmdebstrap: 'mmdebstrap' } },
  // The comparison with the running kernel, whose sysctls it writes.
  live: { projects: ['live'], environment: { VMSYSCTLD_TEST_HOST_SYSCTLS: '1' } },
};

const [name, ...vitestArguments] = process.argv.slice(2);
const kind = KINDS[name];
if (kind === undefined) {
  process.stderr.write(`test-more takes ${Object.keys(KINDS).join(', ')}, not '${name}'\n`);
  process.exit(2);
}
setupOrExit();
installTestTools(kind.tools);
const projects = kind.projects.flatMap((project) => ['--project', project]);
const { status } = spawnSync(process.execPath, [join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', ...projects, ...vitestArguments], {
  cwd: ROOT, stdio: 'inherit', env: { ...process.env, ...kind.environment },
});
process.exit(status ?? 1);
