import { defineConfig } from 'vitest/config';
import { watPlugin } from './scripts/wat.mjs';

/** For tests that start the compiled program: where coverage is measured, that of the program too. */
const setupFiles = process.env.VMSYSCTLD_TEST_COVERAGE === undefined ? [] : ['test/coverage/record-children.ts'];

/** The end-to-end tests run dist, so it has to be that of the present src. */
const globalSetup = ['test/e2e/support/build-once.ts'];

export default defineConfig({
  plugins: [watPlugin()],
  test: {
    // How much has to be covered, and what else is: test/coverage/coverage.mjs.
    coverage: { provider: 'v8', include: ['src/**/*.ts'], reporter: ['json'], reportsDirectory: 'coverage', reportOnFailure: true },
    // For two cores: where one waits for a clock, the others work.
    maxWorkers: 3,
    // Time-outs end what hangs. They measure nothing: a busy machine is slow. No test is tried again.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    expect: { poll: { timeout: 100_000 } },
    projects: [
      { extends: true, test: { name: 'model', setupFiles, isolate: false, include: ['test/{unit,property}/**/*.test.ts'] } },
      { extends: true, test: { name: 'conformance', isolate: false, include: ['test/conformance/**/*.test.ts'] } },
      // Measure CPU time and memory of their own process.
      { extends: true, test: { name: 'costs', include: ['test/costs/**/*.test.ts'] } },
      // These run the compiled program, so they wait for it to be compiled.
      { extends: true, test: { name: 'e2e', setupFiles, include: ['test/e2e/**/*.test.ts'], globalSetup } },
      // Programs of distributions, and of the kernel's own sources, on the files.
      { extends: true, test: { name: 'tools', setupFiles, include: ['test/tools/**/*.test.ts'], globalSetup } },
      // Kills daemons, fills what can be full, takes what there is of descriptors and memory.
      { extends: true, test: { name: 'faults', include: ['test/faults/**/*.test.ts'], globalSetup } },
      // npm's package on each line of Node.js, and its units under a systemd of their own, whose watchdogs are to be in time.
      { extends: true, test: { name: 'release', include: ['test/{release,systemd}/**/*.test.ts'], globalSetup } },
      // Writes the sysctls of the machine itself, where that is allowed.
      { extends: true, test: { name: 'live', include: ['test/live/**/*.test.ts'], globalSetup } },
    ],
  },
});
