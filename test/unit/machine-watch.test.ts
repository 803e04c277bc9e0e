import { describe, expect, it } from 'vitest';
import { MachineWatch } from '../../src/daemon/observing/machine-watch.ts';
import { ObservingError } from '../../src/daemon/observing/observe.ts';
import type { MountInfo } from '../../src/fuse/mount-info.ts';

const MOUNT: MountInfo = { id: 30, device: '0:40', root: '/', mountPoint: '/mnt', type: 'fuse.vmsysctld', source: 'vmsysctld', readOnly: false };
/** Linux gives the next mount the numbers of one that has gone. */
const ELSEWHERE: MountInfo = { ...MOUNT, mountPoint: '/srv' };
const OBSERVED = { mountPoint: '/mnt', status: { pid: 117 } };

/** A machine, watched from when its daemon runs and it is mounted, in a world that the test changes. */
async function watched() {
  const world = {
    mounts: [MOUNT],
    running: true,
    /** What observing the machine finds. */
    found: (): { mountPoint: string; status: { pid: number } } => { throw new ObservingError('the server of /mnt has died'); },
    /** What happens right after the mounts were read. */
    then: () => undefined as void,
  };
  const watch = await MachineWatch.start(OBSERVED, {
    isThere: () => world.running,
    readMounts: () => {
      const seen = world.mounts;
      world.then();
      return Promise.resolve(seen);
    },
    observe: () => Promise.resolve().then(() => world.found()),
  });
  return { watch, world };
}

describe('a watched machine', () => {
  it('is unmounted if its daemon stops while the mounts are read', async () => {
    const { watch, world } = await watched();
    // The daemon unmounts, and ends.
    world.then = () => { Object.assign(world, { mounts: [], running: false }); };
    expect(await watch.unmounted()).toBe(false);
    expect(await watch.unmounted()).toBe(true);
  });

  it('is unmounted if another mount has got its numbers, elsewhere', async () => {
    const { watch, world } = await watched();
    Object.assign(world, { mounts: [ELSEWHERE], running: false });
    expect(await watch.unmounted()).toBe(true);
  });

  it('is unmounted if another daemon has mounted there, and got its numbers', async () => {
    const { watch, world } = await watched();
    world.running = false;
    world.found = () => ({ mountPoint: '/mnt', status: { pid: 118 } });
    expect(await watch.unmounted()).toBe(true);
  });

  it('is unmounted if that mount has gone, too, before it is observed', async () => {
    const { watch, world } = await watched();
    world.running = false;
    world.then = () => { world.mounts = []; };
    expect(await watch.unmounted()).toBe(true);
  });

  it('is still there if its mount was moved', async () => {
    const { watch, world } = await watched();
    world.mounts = [ELSEWHERE];
    expect(await watch.unmounted()).toBe(false);
  });

  it('is a mount without a server if its daemon has died', async () => {
    const { watch, world } = await watched();
    world.running = false;
    await expect(watch.unmounted()).rejects.toThrow('the server of /mnt has died');
  });

  it('is still there if it answers: its daemon is in another pid namespace', async () => {
    const { watch, world } = await watched();
    world.running = false;
    world.found = () => OBSERVED;
    expect(await watch.unmounted()).toBe(false);
    world.found = () => { throw new Error('observed again'); };
    expect(await watch.unmounted()).toBe(false);
  });
});
