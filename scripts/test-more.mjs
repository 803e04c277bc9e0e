// npm run test:costs, test:tools, test:recordings, test:transports, test:release, test:live: tests that npm test leaves out, each by the name in
// KINDS. It sets up what is missing first. Arguments go to vitest.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { installTestTools, ROOT, setupOrExit } from './setup.mjs';

const KINDS = {
  // CPU time and memory. Regular expressions must be linear, and an injection must cost the same when few pages are left.
  costs: { projects: ['costs'], environment: {} },
  // Programs of distributions, unmodified: sysctl(8), tuned, Ansible, rasdaemon, trace-cmd, shells that complete words.
  tools: { projects: ['tools'], environment: {} },
  // Long recordings whole, of which npm test makes a part on a mount. In process test:coverage makes them whole.
  recordings: { projects: ['conformance'], environment: { VMSYSCTLD_TEST_WHOLE: '1' }, files: ['recorded-calls'] },
  // What npm test does by one transport, by each; of long recordings all.
  transports: { projects: ['conformance', 'e2e', 'tools', 'faults'], environment: { VMSYSCTLD_TEST_TRANSPORTS: 'each', VMSYSCTLD_TEST_WHOLE: '1' } },
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
const { status } = spawnSync(process.execPath, [join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', ...projects, ...(kind.files ?? []), ...vitestArguments], {
  cwd: ROOT, stdio: 'inherit', env: { ...process.env, ...kind.environment },
});
process.exit(status ?? 1);
