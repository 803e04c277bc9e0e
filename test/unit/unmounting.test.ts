import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { lazyUnmount } from '../../src/fuse/lazy-unmount.ts';

let directory: string;
beforeEach(async () => { directory = await mkdtemp(join(tmpdir(), 'vmsysctld-unmount-')); });
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(directory, { recursive: true });
});

describe('a mount that cannot be taken away', () => {
  it('is reported in one line, by each tool that was tried', async () => {
    // A directory that is not a mount point.
    const complaint = await lazyUnmount(directory);
    expect(complaint).toMatch(/^[^\n]+$/);
    expect(complaint).toContain(directory);
    expect(complaint?.split('; ').length).toBe(process.geteuid?.() === 0 ? 3 : 2);
  });

  it('reports what is missing if there are no tools', async () => {
    vi.stubEnv('PATH', directory);
    expect(await lazyUnmount(directory)).toMatch(/^(?:umount: not found; )?fusermount3: not found; fusermount: not found$/);
  });
});
