import { defineConfig } from 'vitest/config';

/** For tests that start the compiled program: where coverage is measured, that of the program too. */
const setupFiles = process.env.VMSYSCTLD_TEST_COVERAGE === undefined ? [] : ['test/coverage/record-children.ts'];

export default defineConfig({
  test: {
    // How much has to be covered, and what else is: test/coverage/coverage.mjs.
    coverage: { provider: 'v8', include: ['src/**/*.ts'], reporter: ['json'], reportsDirectory: 'coverage', reportOnFailure: true },
    // One file at a time per core: the end-to-end tests time real mounts, which starve under oversubscription.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      { extends: true, test: { name: 'model', setupFiles, include: ['test/{unit,property}/**/*.test.ts'] } },
      // Tens of thousands of calls, which come no further into the program than those of others: it is not slowed down to be measured.
      { extends: true, test: { name: 'conformance', include: ['test/conformance/**/*.test.ts'] } },
      // Only these run the compiled program, so only they wait for it to be compiled.
      {
        extends: true,
        test: { name: 'e2e', setupFiles, include: ['test/e2e/**/*.test.ts'], globalSetup: ['test/e2e/support/build-once.ts'] },
      },
      // A hundred programs at once, which nothing else that is to be in time can be beside of.
      {
        extends: true,
        test: {
          name: 'crowd', include: ['test/crowd/**/*.test.ts'], globalSetup: ['test/e2e/support/build-once.ts'], sequence: { groupOrder: 1 },
        },
      },
      // Boots a systemd of its own, whose watchdogs are to be in time: beside what waits more than it works.
      {
        extends: true,
        test: {
          name: 'systemd', include: ['test/systemd/**/*.test.ts'], globalSetup: ['test/e2e/support/build-once.ts'], sequence: { groupOrder: 2 },
        },
      },
      // Kills daemons, fills what can be full, takes what there is of descriptors and memory.
      {
        extends: true,
        test: {
          name: 'faults', include: ['test/faults/**/*.test.ts'], globalSetup: ['test/e2e/support/build-once.ts'], sequence: { groupOrder: 2 },
        },
      },
      // Writes the sysctls of the machine itself, where that is allowed: by itself, after all others.
      {
        extends: true,
        test: {
          name: 'live', include: ['test/live/**/*.test.ts'], globalSetup: ['test/e2e/support/build-once.ts'], sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
