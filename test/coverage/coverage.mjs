// npm run coverage [-- ARGUMENTS OF VITEST]: runs the tests and prints what of src they run, in their own processes and in those they start.
// All tests together (npm test is that) have to run as much as THRESHOLDS asks for: else the status is 1. Some of them need not, nor those that fail.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import istanbul from 'istanbul-lib-coverage';
import { whyNoMounts } from '../../scripts/mounts.mjs';
import { ROOT } from '../../scripts/setup.mjs';
import { childCoverage } from './child-coverage.mjs';
import { coverageReport } from './report.mjs';

/** How many of a hundred lines the tests have to run, of what is below a folder. */
const THRESHOLDS = [['src', 95], ['src/abi', 100], ['src/kernel', 100], ['src/vfs', 100], ['src/files', 100], ['src/language', 100],
  ['src/control', 100], ['src/machine-file', 100], ['src/machine', 100]];

/** The model is tested without a mount; all the rest cannot be. */
const thresholds = () => (whyNoMounts() === undefined ? THRESHOLDS : THRESHOLDS.filter(([folder]) => folder !== 'src'));

/** Where vitest puts its own part (vitest.config.ts), and all of it is put. */
const COVERAGE = join(ROOT, 'coverage/coverage-final.json');

/** Runs vitest; its exit status. */
async function runTests(vitestArguments, directory) {
  const tests = spawn(process.execPath, [join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', '--coverage', ...vitestArguments], {
    cwd: ROOT, stdio: 'inherit', env: { ...process.env, VMSYSCTLD_TEST_COVERAGE: directory },
  });
  const [status, signal] = await once(tests, 'exit');
  if (signal !== null) process.stderr.write(`coverage: the tests were ended by ${signal}\n`);
  return status ?? 1;
}

/** The coverage of src by both, file by file as paths from the root. */
async function coveredLines(directory) {
  const map = istanbul.createCoverageMap(JSON.parse(readFileSync(COVERAGE, 'utf8')));
  map.merge(await childCoverage(directory));
  writeFileSync(COVERAGE, JSON.stringify(map));
  return Object.fromEntries(map.files().map((path) => [relative(ROOT, path), map.fileCoverageFor(path).getLineCoverage()]));
}

async function main(vitestArguments) {
  const directory = mkdtempSync(join(tmpdir(), 'vmsysctld-coverage-'));
  chmodSync(directory, 0o755);
  // Ctrl-C is vitest's to answer; what is left here is to clean up.
  process.on('SIGINT', () => undefined);
  try {
    rmSync(COVERAGE, { force: true });
    const status = await runTests(vitestArguments, directory);
    if (!existsSync(COVERAGE)) return status || 1;
    const begun = performance.now();
    const { report, failures } = coverageReport(await coveredLines(directory), vitestArguments.length === 0 && status === 0 ? thresholds() : []);
    process.stdout.write(`${['', ...report, ''].join('\n')}\n`);
    for (const failure of failures) process.stderr.write(`coverage: ${failure}\n`);
    process.stderr.write(`coverage: counted in ${((performance.now() - begun) / 1000).toFixed(1)} s\n`);
    return status || (failures.length === 0 ? 0 : 1);
  } finally {
    rmSync(directory, { recursive: true, maxRetries: 5 });
  }
}

process.exitCode = await main(process.argv.slice(2));
