// npm run test:coverage: runs the tests of the model, in their own process, and prints which lines and branches of the pure folders they run.
// npm run test:coverage -- all: runs every test of npm test, and counts the processes that these start too. It takes several times as long.
// Either fails with status 1 below its thresholds.
// npm run test:coverage -- ARGUMENTS OF VITEST: prints the same for some tests, without thresholds.
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

/** What runs only in the process of the tests. */
const MACHINE = ['src/vfs', 'src/files', 'src/language', 'src/control', 'src/machine-file', 'src/machine'];
const PURE = ['src/abi', 'src/kernel', ...MACHINE, 'src/library', 'src/replay', 'src/check'];

/**
 * What is run, which folders are reported, and the least share, in percent, of lines and of branches that the tests must run below a
 * folder.
 */
const RUNS = {
  model: {
    folders: PURE, arguments: ['--project', 'model', '--project', 'conformance'], environment: { VMSYSCTLD_TEST_IN_PROCESS: '1', VMSYSCTLD_TEST_WHOLE: '1' },
    thresholds: [
      ['src/kernel', 98, 89], ['src/files', 99, 90], ['src/vfs', 98, 88], ['src/machine', 99, 95], ['src/machine-file', 99, 94], ['src/control', 100, 97],
      ['src/language', 100, 94], ['src/library', 100, 92], ['src/replay', 99, 93], ['src/check', 99, 85], ['src/abi', 98, 80],
    ],
  },
  all: {
    folders: ['src'], arguments: ['--project', 'model', '--project', 'conformance', '--project', 'e2e', '--project', 'tools', '--project', 'faults'],
    environment: { VMSYSCTLD_TEST_WHOLE: '1' },
    thresholds: [['src', 95, 0]],
  },
  some: { folders: ['src'], arguments: [], environment: {}, thresholds: [] },
};

/** Where vitest puts its part (vitest.config.ts), and where all of it goes. */
const COVERAGE = join(ROOT, 'coverage/coverage-final.json');

/** Runs vitest; its exit status. */
async function runTests(vitestArguments, environment, directory) {
  const tests = spawn(process.execPath, [join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', '--coverage', ...vitestArguments], {
    cwd: ROOT, stdio: 'inherit', env: { ...process.env, ...environment, VMSYSCTLD_TEST_COVERAGE: directory },
  });
  const [status, signal] = await once(tests, 'exit');
  if (signal !== null) process.stderr.write(`coverage: the tests were ended by ${signal}\n`);
  return status ?? 1;
}

/** The branches of a file: the line of each, and how often it was taken. */
function branchesOf({ branchMap, b: counts }) {
  return Object.entries(branchMap).flatMap(([id, { locations }]) => locations.map(({ start }, index) => ({ line: start.line, count: counts[id][index] })));
}

/** The coverage of src by both, for each file by its path from the root. */
async function covered(directory, folders) {
  const map = istanbul.createCoverageMap(JSON.parse(readFileSync(COVERAGE, 'utf8')));
  map.merge(await childCoverage(directory));
  writeFileSync(COVERAGE, JSON.stringify(map));
  return Object.fromEntries(map.files().filter((path) => folders.some((folder) => relative(ROOT, path).startsWith(`${folder}/`))).map((path) => {
    const file = map.fileCoverageFor(path);
    return [relative(ROOT, path), { lines: file.getLineCoverage(), branches: branchesOf(file.data) }];
  }));
}

async function main(given) {
  const run = given.length === 0 ? RUNS.model : given.join() === 'all' ? RUNS.all : { ...RUNS.some, arguments: given };
  if (run === RUNS.all && whyNoMounts() !== undefined) throw new Error(`all cannot be run: ${whyNoMounts()}`);
  const directory = mkdtempSync(join(tmpdir(), 'vmsysctld-coverage-'));
  chmodSync(directory, 0o755);
  // vitest handles Ctrl-C. Here only the cleaning up is left.
  process.on('SIGINT', () => undefined);
  try {
    rmSync(COVERAGE, { force: true });
    const status = await runTests(run.arguments, run.environment, directory);
    if (!existsSync(COVERAGE)) return status || 1;
    const begun = performance.now();
    const { report, failures } = coverageReport(await covered(directory, run.folders), status === 0 ? run.thresholds : []);
    process.stdout.write(`${['', ...report, ''].join('\n')}\n`);
    for (const failure of failures) process.stderr.write(`coverage: ${failure}\n`);
    process.stderr.write(`coverage: counted in ${((performance.now() - begun) / 1000).toFixed(1)} s\n`);
    return status || (failures.length === 0 ? 0 : 1);
  } finally {
    rmSync(directory, { recursive: true, maxRetries: 5 });
  }
}

process.exitCode = await main(process.argv.slice(2));
