import { spawn } from 'node:child_process';
import { stat, writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { daemonsBy, exited } from '../e2e/support/daemon.ts';
import type { Daemon } from '../e2e/support/daemon.ts';
import { describeTransports, makePlace, mountsBelow } from '../e2e/support/mounts.ts';
import { sh } from '../e2e/support/shell.ts';
import { tell } from './support/chance.ts';
import { count, patience } from './support/counts.ts';

/**
 * The ways in which another process removes the mount of a running daemon. `abort` ends the connection and leaves the mount, as an admin
 * does with a mount that hangs.
 */
const WAYS = {
  'umount -f': 'umount -f "$1"',
  'umount -l': 'umount -l "$1"',
  'fusermount3 -u': 'fusermount3 -u "$1"',
  'fusermount3 -u -z': 'fusermount3 -u -z "$1"',
} as const;

/** A process that has a file of the mount open, and one that waits for a delayed answer. */
async function holder(daemon: Daemon): Promise<ReturnType<typeof spawn>> {
  const child = spawn('bash', ['--norc', '-c', 'exec 3< "$1/proc/sys/vm/swappiness"; echo open; read -r', 'bash', daemon.mountPoint], { stdio: ['pipe', 'pipe', 'inherit'] });
  await new Promise((resolve) => child.stdout.once('data', resolve));
  return child;
}

describeTransports('unmounted by somebody else', (transport) => {
  const { startDaemon } = daemonsBy(transport);

  it.each(Object.entries(WAYS))(`by %s, ${count('unmounts')} times: the daemon says so and ends with 0, and no mount is left`, { timeout: patience('unmounts', 10_000) }, async (name, command) => {
    const place = await makePlace();
    try {
      for (let n = 0; n < count('unmounts'); n += 1) {
        const daemon = await startDaemon(place);
        await daemon.sh("echo 'log before' > control");
        // A detached mount may still be in use.
        const child = name.endsWith('-l') || name.endsWith('-z') ? await holder(daemon) : undefined;
        expect(await sh(command, [place.mountPoint])).toMatchObject({ status: 0, stderr: '' });
        await exited(daemon.process);
        child?.stdin?.end('\n');
        if (child) await exited(child);
        expect(daemon.process.exitCode).toBe(0);
        expect(daemon.output.stderr).toContain('the files were unmounted from outside');
        expect(await mountsBelow(place.directory)).toEqual([]);
      }
      tell(`${name} (${transport}): ${count('unmounts')} times`);
    } finally {
      await place.remove();
    }
  });

  it(`by abort through /sys/fs/fuse/connections, ${count('unmounts')} times, while a client waits: the daemon says so and ends with 1, and no mount is left`, { timeout: patience('unmounts', 10_000) }, async () => {
    const place = await makePlace();
    const control = `${place.directory}/fusectl`;
    try {
      await sh('mkdir "$1" && mount -t fusectl none "$1"', [control]);
      for (let n = 0; n < count('unmounts'); n += 1) {
        const daemon = await startDaemon(place);
        const { dev } = await stat(place.mountPoint);
        await daemon.sh("echo 'delay /proc/sys/vm/swappiness ms=600000' > control");
        const waiting = daemon.sh('cat proc/sys/vm/swappiness');
        await writeFile(`${control}/${dev & 0xff}/abort`, '1');
        expect((await waiting).stderr).toMatch(/^cat: proc\/sys\/vm\/swappiness: (?:Software caused connection abort|Transport endpoint is not connected)\n$/);
        await exited(daemon.process);
        expect({ status: daemon.process.exitCode, stderr: daemon.output.stderr }).toMatchObject({ status: 1, stderr: expect.stringContaining('the connection was aborted') as string });
        expect(await mountsBelow(place.mountPoint)).toEqual([]);
      }
      tell(`abort (${transport}): ${count('unmounts')} times`);
    } finally {
      await place.remove();
    }
  });
});
