// npm test: sets up what is missing, then checks types, lint and behaviour, and ends with the first status that is not 0. Arguments go to
// vitest: npm test -- test/unit/mount-point.test.ts
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import { installTestTools, ROOT, setupOrExit } from './setup.mjs';

/** Why tests that mount would be skipped here. */
function cannotMount() {
  if (process.geteuid() !== 0) return 'not root';
  try {
    accessSync('/dev/fuse', constants.R_OK | constants.W_OK);
  } catch {
    return 'no usable /dev/fuse';
  }
  return undefined;
}

setupOrExit();
installTestTools();
const reason = cannotMount();
if (reason !== undefined) {
  const line = `SKIPPED: every test that mounts the filesystem (${reason})`;
  const bar = '!'.repeat(line.length + 4);
  process.stderr.write(`\n${bar}\n! ${line} !\n${bar}\n\n`);
}

const steps = [
  ['types', 'typescript/bin/tsc', ['-p', 'test/tsconfig.json']],
  ['lint', 'eslint/bin/eslint.js', ['.', '--max-warnings', '0']],
  ['tests', 'vitest/vitest.mjs', ['run', ...process.argv.slice(2)]],
];
for (const [name, tool, toolArguments] of steps) {
  const begun = performance.now();
  const { status, signal } = spawnSync(process.execPath, [join(ROOT, 'node_modules', tool), ...toolArguments], { cwd: ROOT, stdio: 'inherit' });
  process.stderr.write(`test: ${name} ${status === 0 ? 'passed' : 'FAILED'} (${((performance.now() - begun) / 1000).toFixed(1)} s)\n`);
  if (status !== 0) {
    if (signal !== null) process.stderr.write(`test: ended by ${signal}\n`);
    process.exit(status ?? 1);
  }
}
