import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from 'vitest';
import { whyNoMounts } from '../../../scripts/mounts.mjs';
import { lazyUnmount } from '../../../src/fuse/lazy-unmount.ts';
import { readMounts } from '../../../src/fuse/mount-info.ts';

/** A `describe` for tests that mount. Where nothing can be mounted they are skipped, and a line says so. */
export function describeMount(name: string, body: () => void): void {
  const reason = whyNoMounts();
  if (reason === undefined) {
    describe(name, body);
  } else {
    console.warn(`SKIPPED: ${name}: ${reason}`);
    describe.skip(`${name} (skipped: ${reason})`, body);
  }
}

/** Whether all tests run on each transport, not only those about transports. */
export const EACH_TRANSPORT = process.env['VMSYSCTLD_TEST_TRANSPORTS'] === 'each';

/** The existing transports. A test asks the daemon whether these are all. */
export const TRANSPORTS = ['dev-fuse', 'fuse-native'] as const;
export type TransportName = (typeof TRANSPORTS)[number];

/** A `describe` for tests that mount, for each transport. */
export function describeTransports(name: string, body: (transport: TransportName) => void): void {
  for (const transport of TRANSPORTS) describeMount(`${name} (${transport})`, () => { body(transport); });
}

/** The transport of a test's daemon. */
export type TestTransport = TransportName | 'auto';

/**
 * A `describe` for tests that mount, about what is the same on every transport. They run once, on `auto`, as for users. `npm run
 * test:transports` runs them on each transport.
 */
export function describeDaemon(name: string, body: (transport: TestTransport) => void): void {
  if (EACH_TRANSPORT) describeTransports(name, body);
  else describeMount(name, () => { body('auto'); });
}

/** The mounts of the mount table on a path or below it. */
export async function mountsBelow(directory: string): Promise<string[]> {
  const mounts = await readMounts();
  return mounts.map(({ mountPoint }) => mountPoint).filter((place) => place === directory || place.startsWith(`${directory}/`));
}

/** A directory of its own for a test, with an empty `mnt` in it. */
export interface Place {
  readonly directory: string;
  readonly mountPoint: string;
  /** Removes every mount below the directory, and then the directory. */
  remove(): Promise<void>;
}

/** Makes such a directory. `name` is the name of the mount point. */
export async function makePlace(name = 'mnt'): Promise<Place> {
  const directory = await mkdtemp(join(tmpdir(), 'vmsysctld-test-'));
  const mountPoint = join(directory, name);
  await mkdir(mountPoint);
  return {
    directory, mountPoint,
    async remove() {
      for (const mount of (await mountsBelow(directory)).reverse()) await lazyUnmount(mount);
      const left = await mountsBelow(directory);
      if (left.length > 0) throw new Error(`still mounted after the test: ${left.join(', ')}`);
      await rm(directory, { recursive: true });
    },
  };
}
