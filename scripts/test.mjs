// npm test: does the set-up, then checks types and behaviour. It ends with the first status that is not 0. Arguments go to vitest, and
// choose tests: npm test -- test/unit/mount-point.test.ts
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

const CACHE = 'node_modules/.cache';
const given = process.argv.slice(2);
/** All but the tests that are commands of their own: scripts/test-more.mjs. */
const chosen = given.length > 0 ? given : ['model', 'conformance', 'e2e', 'faults'].flatMap((project) => ['--project', project]);
/** What is run, at the same time: many tests wait more than they work. Lint, which costs more than the compiler, is `npm run lint`. */
const steps = [
  ['types', 'typescript/bin/tsc', ['-p', 'test/tsconfig.json', '--incremental', '--tsBuildInfoFile', `${CACHE}/test.tsbuildinfo`]],
  ['tests', 'vitest/vitest.mjs', ['run', ...chosen]],
];

/** Runs one step. Returns its exit status. The output of the compiler is printed at the end, so that it is easy to find. */
async function runStep([name, tool, toolArguments]) {
  const begun = performance.now();
  const child = spawn(process.execPath, [join(ROOT, 'node_modules', tool), ...toolArguments], { cwd: ROOT, stdio: ['inherit', name === 'tests' ? 'inherit' : 'pipe', 'inherit'] });
  let output = '';
  child.stdout?.setEncoding('utf8').on('data', (text) => { output += text; });
  const [status, signal] = await once(child, 'close');
  return { name, status: status ?? 1, signal, output, seconds: (performance.now() - begun) / 1000 };
}

const results = await Promise.all(steps.map(runStep));
for (const { name, status, signal, output, seconds } of results) {
  process.stdout.write(output);
  process.stderr.write(`test: ${name} ${status === 0 ? 'passed' : 'FAILED'} (${seconds.toFixed(1)} s)${signal === null ? '' : `, ended by ${signal}`}\n`);
}
process.exitCode = results.find(({ status }) => status !== 0)?.status ?? 0;
