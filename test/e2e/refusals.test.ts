import { chmod, chown, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { daemonsBy, MAIN } from './support/daemon.ts';
import { describeMount, describeTransports, makePlace, mountsBelow } from './support/mounts.ts';
import type { Place } from './support/mounts.ts';
import { sh, type ShellResult } from './support/shell.ts';

let place: Place;
beforeEach(async () => {
  place = await makePlace();
  await chmod(place.directory, 0o777);
});
afterEach(() => place.remove());

/** Mounts in a mount namespace of the test, in which a bash script has changed something before. The script ends with `exec "$@"`. */
function mountAfter(script: string, options: readonly string[], mountPoint = place.mountPoint): Promise<ShellResult> {
  const program = [process.execPath, MAIN, 'mount', mountPoint, '--log', join(place.directory, 'log'), ...options];
  return sh('exec unshare --mount bash --norc -c "$@"', [script, 'bash', ...program]);
}

/** One line that says what is wrong and what would be right. Nothing is mounted. */
async function expectRefused({ status, stdout, stderr }: ShellResult, text: string): Promise<void> {
  // libfuse and fusermount print a line of their own before it.
  const lines = stderr.split('\n').filter((line) => line.startsWith('vmsysctld: '));
  expect({ status, stdout, lines }).toEqual({ status: 1, stdout: '', lines: [expect.stringContaining(text)] });
  expect(await mountsBelow(place.directory)).toEqual([]);
}

/** A /dev/fuse of this mode, and an /etc/fuse.conf that allows nothing. */
const withDevice = (mode: string): string => `mount -t tmpfs -o dev dev /media; mknod -m ${mode} /media/fuse c 10 229; mount --bind /media/fuse /dev/fuse
  : > /media/fuse.conf; mount --bind /media/fuse.conf /etc/fuse.conf
`;
/** A /dev with only null in it, which Node needs. */
const WITHOUT_DEVICE = 'mount -t tmpfs -o dev dev /media; mknod -m 666 /media/null c 1 3; mount --bind /media /dev\n';
const NOBODY = 65534;
const AS_NOBODY = `exec setpriv --reuid=${NOBODY} --regid=${NOBODY} --clear-groups "$@"`;

describeTransports('a machine that does not let mount', (transport) => {
  it('that has no /dev/fuse: the message has what provides one', async () => {
    await expectRefused(await mountAfter(`${WITHOUT_DEVICE}exec "$@"`, ['--transport', transport]),
      '/dev/fuse does not exist: run modprobe fuse, or in a container add --device /dev/fuse');
  });

  it('where this user may not open /dev/fuse: the message has who may', async () => {
    await chown(place.mountPoint, NOBODY, NOBODY);
    await expectRefused(await mountAfter(`${withDevice('600')}${AS_NOBODY}`, ['--transport', transport]),
      '/dev/fuse is not accessible to this user: run as root, or let this user read and write it');
  });
});

describeMount('a user who may not mount', () => {
  it('learns from dev-fuse what would allow it', async () => {
    await chown(place.mountPoint, NOBODY, NOBODY);
    await expectRefused(await mountAfter(`${withDevice('666')}${AS_NOBODY}`, ['--transport', 'dev-fuse']),
      '; mounting takes root, or unshare -Urm; in a container add --cap-add SYS_ADMIN --device /dev/fuse; or use --transport fuse-native');
  });

  it('learns from fuse-native that the place is not their own', async () => {
    await chmod(place.mountPoint, 0o1777);
    await expectRefused(await mountAfter(`${withDevice('666')}${AS_NOBODY}`, ['--transport', 'fuse-native']),
      "fusermount refused it: fuse3 must be installed and the mount point be this user's own");
  });

  it('learns from fuse-native what allows mounts for others too', async () => {
    await chown(place.mountPoint, NOBODY, NOBODY);
    await expectRefused(await mountAfter(`${withDevice('666')}${AS_NOBODY}`, ['--transport', 'fuse-native', '--allow-other']),
      'fusermount refused it: --allow-other needs the line user_allow_other in /etc/fuse.conf');
  });
});

describeMount('a mount point with a name of more than 1023 bytes', () => {
  it('is too long for fuse-native, which says so, and not for dev-fuse', async () => {
    const long = join(place.directory, ...Array.from({ length: 5 }, () => 'x'.repeat(250)));
    await mkdir(long, { recursive: true });
    await expectRefused(await mountAfter('exec "$@"', ['--transport', 'fuse-native'], long),
      'the name of the mount point is longer than 1023 bytes: mount on a shorter one');
    const daemon = await daemonsBy('dev-fuse').startDaemon({ ...place, mountPoint: long });
    try {
      expect((await daemon.sh('cat proc/sys/vm/swappiness')).stdout).toBe('60\n');
    } finally {
      expect(await daemon.stop()).toBe(0);
    }
  });
});

describeTransports('a mount with another on top of it', (transport) => {
  it('cannot be taken away: the daemon says so, serves on, and ends when it can', async () => {
    const daemon = await daemonsBy(transport).startDaemon(place);
    try {
      expect(await sh('mount -t tmpfs none "$1"', [place.mountPoint])).toMatchObject({ status: 0, stderr: '' });
      const told = new Promise<void>((resolve) => {
        daemon.process.stderr?.on('data', () => { if (daemon.output.stderr.includes('the files could not be unmounted')) resolve(); });
      });
      daemon.process.kill('SIGTERM');
      await told;
      expect(daemon.output.stderr).toContain('a mount of tmpfs stands on top of it');
      expect(await sh('umount "$1"', [place.mountPoint])).toMatchObject({ status: 0, stderr: '' });
      expect((await daemon.sh('cat proc/sys/vm/swappiness')).stdout).toBe('60\n');
    } finally {
      expect(await daemon.stop()).toBe(0);
    }
  });
});
