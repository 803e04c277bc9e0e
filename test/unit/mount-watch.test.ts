import { readdirSync, readlinkSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MountTable, type MountInfo, readMounts } from '../../src/fuse/mount-info.ts';
import { MountWatch } from '../../src/fuse/mount-watch.ts';

const MOUNT: MountInfo = { id: 7, device: '0:7', root: '/', mountPoint: '/m', type: 'fuse.vmsysctld', source: 'vmsysctld', readOnly: false };

describe('the watch of a mount', () => {
  beforeEach(() => { vi.useFakeTimers(); });
  afterEach(() => { vi.useRealTimers(); });

  it('whose looks fail reports it once, goes on, reports when they succeed again, and still sees the mount go', async () => {
    const emfile = Object.assign(new Error('EMFILE'), { code: 'EMFILE' });
    let answer: MountInfo[] | Error = [MOUNT];
    const table = { read: async () => { if (answer instanceof Error) throw answer; return answer; }, close: vi.fn(async () => undefined) };
    const onTrouble = vi.fn();
    const watch = await MountWatch.start('/m', { onTrouble }, table);
    await vi.advanceTimersByTimeAsync(3000);
    expect(onTrouble.mock.calls).toEqual([]);
    answer = emfile;
    await vi.advanceTimersByTimeAsync(3000);
    expect(onTrouble.mock.calls).toEqual([[emfile]]);
    await expect(watch.unmount()).rejects.toThrow('EMFILE');
    answer = [MOUNT];
    await vi.advanceTimersByTimeAsync(3000);
    expect(onTrouble.mock.calls).toEqual([[emfile], [undefined]]);
    answer = [];
    await vi.advanceTimersByTimeAsync(1000);
    expect(await watch.gone).toBe('unmounted');
    expect(table.close).toHaveBeenCalledTimes(1);
    answer = emfile;
    watch.check();
    await vi.advanceTimersByTimeAsync(3000);
    expect(onTrouble).toHaveBeenCalledTimes(2);
  });

  it('that is ended by one look ends the others that have begun: an unmounting is done, and is not the failure of a look', async () => {
    let answer = async (): Promise<MountInfo[]> => [MOUNT];
    const table = { read: () => answer(), close: async () => undefined };
    const watch = await MountWatch.start('/m', {}, table);
    let close = (): void => undefined;
    answer = () => new Promise((_resolve, reject) => { close = () => { reject(new Error('file closed')); }; });
    const unmounted = watch.unmount();
    answer = async () => [];
    await watch.look();
    expect(await watch.gone).toBe('unmounted');
    close();
    await expect(unmounted).resolves.toBeUndefined();
  });

  it('that is to be on a place without a mount closes its table', async () => {
    const table = { read: async () => [], close: vi.fn(async () => undefined) };
    await expect(MountWatch.start('/m', {}, table)).rejects.toThrow('was gone as soon as it was made');
    expect(table.close).toHaveBeenCalledTimes(1);
  });
});

it('the mount table can be read again and again by one descriptor, which is let go of', async () => {
  const open = (): number => readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).endsWith('/mountinfo');
    } catch {
      return false;
    }
  }).length;
  const before = open();
  const table = await MountTable.open();
  const mounts = await readMounts();
  expect(mounts.length).toBeGreaterThan(0);
  expect(await table.read()).toEqual(mounts);
  expect(await Promise.all([table.read(), table.read()])).toEqual([mounts, mounts]);
  expect(open()).toBe(before + 1);
  await table.close();
  expect(open()).toBe(before);
});
