import { expect, it } from 'vitest';
import { MachineWatch } from '../../src/daemon/observing/machine-watch.ts';
import type { MountInfo } from '../../src/fuse/mount-info.ts';

const MOUNT: MountInfo = { id: 30, device: '0:40', root: '/', mountPoint: '/mnt', type: 'fuse.vmsysctld', source: 'vmsysctld', readOnly: false };
const OBSERVED = { mountPoint: '/mnt', status: { pid: 117 } };

it('sees a machine as unmounted whose daemon stops while the mounts are read', async () => {
  let mounts = [MOUNT];
  let running = true;
  let reads = 0;
  const watch = await MachineWatch.start(OBSERVED, {
    isThere: () => running,
    readMounts: () => {
      const seen = mounts;
      reads += 1;
      // The daemon unmounts, and ends.
      if (reads === 2) [mounts, running] = [[], false];
      return Promise.resolve(seen);
    },
  });
  expect(await watch.unmounted()).toBe(false);
  expect(await watch.unmounted()).toBe(true);
});
