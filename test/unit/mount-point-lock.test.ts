import { mkdtemp, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { takeMountPoint } from '../../src/daemon/mount-point-lock.ts';

it('a mount point is taken by one at a time, whatever it is called, until it is let go of', async () => {
  const [one, two] = [await mkdtemp(join(tmpdir(), 'vmsysctld-test-')), await mkdtemp(join(tmpdir(), `vmsysctld-${'x'.repeat(100)}-`))];
  try {
    const taken = await takeMountPoint(one);
    expect(taken.mountPoint).toBe(one);
    await expect(takeMountPoint(`${one}/.`)).rejects.toThrow(`another vmsysctld is being mounted on ${one}: mount elsewhere`);
    (await takeMountPoint(two)).release();
    taken.release();
    (await takeMountPoint(one)).release();
  } finally {
    await rmdir(one);
    await rmdir(two);
  }
});
