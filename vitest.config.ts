import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // One file at a time per core: the end-to-end tests time real mounts, which starve under oversubscription.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      { extends: true, test: { name: 'model', include: ['test/{unit,property,conformance}/**/*.test.ts'] } },
      // Only these run the compiled program, so only they wait for it to be compiled.
      { extends: true, test: { name: 'e2e', include: ['test/e2e/**/*.test.ts'], globalSetup: ['test/e2e/support/build-once.ts'] } },
      // A hundred programs at once, which nothing else that is to be in time can be beside of.
      {
        extends: true,
        test: {
          name: 'crowd', include: ['test/crowd/**/*.test.ts'], globalSetup: ['test/e2e/support/build-once.ts'], sequence: { groupOrder: 1 },
        },
      },
      // Boots a virtual machine, whose times are its own.
      {
        extends: true,
        test: {
          name: 'systemd', include: ['test/systemd/**/*.test.ts'], globalSetup: ['test/e2e/support/build-once.ts'], sequence: { groupOrder: 1 },
        },
      },
      // Writes the sysctls of the machine itself, where that is allowed: by itself, after all others.
      {
        extends: true,
        test: {
          name: 'live', include: ['test/live/**/*.test.ts'], globalSetup: ['test/e2e/support/build-once.ts'], sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
