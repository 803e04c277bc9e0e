import { createHash } from 'node:crypto';
import { readlink } from 'node:fs/promises';
import { createServer } from 'node:net';
import { readMounts, topMountAt } from '../fuse/mount-info.ts';
import { MountPointError, prepareMountPoint } from './mount-point.ts';
import { shellWord } from '../abi/printable.ts';

/** A place that no other daemon mounts on until it is let go of. */
export interface TakenMountPoint {
  /** Its canonical path. */
  readonly mountPoint: string;
  release(): void;
}

/**
 * Makes sure that a filesystem can be mounted on a directory, as prepareMountPoint() does, and that nobody else does so before this daemon has:
 * between the look and the mount there is time for two to find it free, and the one would lie on top of the other.
 * @throws MountPointError when the directory will not do
 */
export async function takeMountPoint(path: string, options: Parameters<typeof prepareMountPoint>[1] = {}): Promise<TakenMountPoint> {
  const mountPoint = await prepareMountPoint(path, options);
  const release = await lock(mountPoint);
  if (topMountAt(await readMounts(), mountPoint) === undefined) return { mountPoint, release };
  release();
  throw new MountPointError(`something has just been mounted on ${shellWord(mountPoint)}: unmount it first, or mount elsewhere`);
}

/**
 * The lock is the name of a socket without a file, of which there is one at a time: Linux takes it away with the process, however that ends. The
 * same path is another place in another mount namespace.
 */
async function lock(mountPoint: string): Promise<() => void> {
  const place = `${await readlink('/proc/self/ns/mnt')} ${mountPoint}`;
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'EADDRINUSE' ? new MountPointError(`another vmsysctld is being mounted on ${shellWord(mountPoint)}: mount elsewhere`) : error);
    });
    server.listen(`\0vmsysctld-${createHash('sha256').update(place).digest('hex')}`, resolve);
  });
  server.unref();
  return () => { server.close(); };
}
