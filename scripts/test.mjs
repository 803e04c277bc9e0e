// npm test: sets up what is missing, then checks types, lint, behaviour, and how much of src the tests run; ends with the first status that is
// not 0. Arguments go to vitest, and the tests they choose need not run so much: npm test -- test/unit/mount-point.test.ts
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { whyNoMounts } from './mounts.mjs';
import { installTestTools, ROOT, setupOrExit } from './setup.mjs';

setupOrExit();
installTestTools();
const reason = whyNoMounts();
if (reason !== undefined) {
  const line = `SKIPPED: every test that mounts the filesystem (${reason})`;
  const bar = '!'.repeat(line.length + 4);
  process.stderr.write(`\n${bar}\n! ${line} !\n${bar}\n\n`);
}

const vitestArguments = process.argv.slice(2);
const steps = [
  ['types', 'node_modules/typescript/bin/tsc', ['-p', 'test/tsconfig.json']],
  ['lint', 'node_modules/eslint/bin/eslint.js', ['.', '--max-warnings', '0']],
  vitestArguments.length === 0 ? ['tests', 'test/coverage/coverage.mjs', []] : ['tests', 'node_modules/vitest/vitest.mjs', ['run', ...vitestArguments]],
];
for (const [name, tool, toolArguments] of steps) {
  const begun = performance.now();
  const { status, signal } = spawnSync(process.execPath, [join(ROOT, tool), ...toolArguments], { cwd: ROOT, stdio: 'inherit' });
  process.stderr.write(`test: ${name} ${status === 0 ? 'passed' : 'FAILED'} (${((performance.now() - begun) / 1000).toFixed(1)} s)\n`);
  if (status !== 0) {
    if (signal !== null) process.stderr.write(`test: ended by ${signal}\n`);
    process.exit(status ?? 1);
  }
}
