import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { MAIN } from '../e2e/support/daemon.ts';
import { hostMounts, processesWith } from '../e2e/support/exec.ts';
import { describeMount } from '../e2e/support/mounts.ts';
import { sh } from '../e2e/support/shell.ts';
import { count, patience } from './support/counts.ts';

const SCRIPT = `for n in $(seq "$1"); do "\${@:2}" & done
  failed=0; for job in $(jobs -p); do wait $job || failed=$((failed + 1)); done; echo failed $failed`;

describeMount('what is left of exec', () => {
  it(`is nothing of ${count('crowd')} at the same time: no mount, no process, no file`, { timeout: patience('crowd', 3000) }, async () => {
    const mark = randomUUID();
    const mounts = await hostMounts();
    const temporary = await mkdtemp(join(tmpdir(), 'vmsysctld-crowd-'));
    try {
      const { stdout, stderr } = await sh(SCRIPT, [String(count('crowd')), process.execPath, MAIN, 'exec', '--', 'true'], {
        timeout: patience('crowd', 2500), environment: { VMSYSCTLD_TEST_MARK: mark, TMPDIR: temporary, HOME: temporary },
      });
      expect(stderr).toBe('');
      expect(stdout).toBe('failed 0\n');
      expect(await processesWith(mark)).toEqual([]);
      expect(await hostMounts()).toBe(mounts);
      expect(await readdir(temporary)).toEqual([]);
    } finally {
      await rm(temporary, { recursive: true });
    }
  });
});
