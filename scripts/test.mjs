// npm test: sets up what is missing, then checks types, lint, behaviour, and how much of src the tests run; ends with the first status that is
// not 0. Arguments go to vitest, and the tests they choose need not run so much: npm test -- test/unit/mount-point.test.ts
import { spawn } from 'node:child_process';
import { once } from 'node:events';
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
/** What is run, side by side in a row, one row after another. */
const steps = [
  [['types', 'node_modules/typescript/bin/tsc', ['-p', 'test/tsconfig.json']], ['lint', 'node_modules/eslint/bin/eslint.js', ['.', '--max-warnings', '0']]],
  [vitestArguments.length === 0 ? ['tests', 'test/coverage/coverage.mjs', []] : ['tests', 'node_modules/vitest/vitest.mjs', ['run', ...vitestArguments]]],
];

/** Runs one; its exit status. */
async function runStep([name, tool, toolArguments]) {
  const begun = performance.now();
  const [status, signal] = await once(spawn(process.execPath, [join(ROOT, tool), ...toolArguments], { cwd: ROOT, stdio: 'inherit' }), 'exit');
  process.stderr.write(`test: ${name} ${status === 0 ? 'passed' : 'FAILED'} (${((performance.now() - begun) / 1000).toFixed(1)} s)\n`);
  if (signal !== null) process.stderr.write(`test: ended by ${signal}\n`);
  return status ?? 1;
}

for (const row of steps) {
  const failed = (await Promise.all(row.map(runStep))).find((status) => status !== 0);
  if (failed !== undefined) process.exit(failed);
}
