import { readlink } from 'node:fs/promises';
import { createServer } from 'node:net';
import { readMounts, topMountAt } from '../fuse/mount-info.ts';
import { MountPointError, prepareMountPoint } from './mount-point.ts';
import { shellWord } from '../abi/printable.ts';

/** A mount point on which no other daemon mounts until it is released. */
export interface TakenMountPoint {
  /** Its canonical path. */
  readonly mountPoint: string;
  release(): void;
}

/**
 * Makes sure that a filesystem can be mounted on a directory, as prepareMountPoint() does, and that no other daemon mounts there first.
 * Otherwise two daemons could both find the directory free, and one mount would hide the other.
 * @throws MountPointError if the directory is not suitable
 */
export async function takeMountPoint(path: string, options: Parameters<typeof prepareMountPoint>[1] = {}): Promise<TakenMountPoint> {
  const mountPoint = await prepareMountPoint(path, options);
  const release = await lock(mountPoint);
  if (topMountAt(await readMounts(), mountPoint) === undefined) return { mountPoint, release };
  release();
  throw new MountPointError(`something has just been mounted on ${shellWord(mountPoint)}: unmount it first, or mount elsewhere`);
}

/** The most bytes of a place in the name of a socket: sun_path has 108, and the name begins with a NUL and `vmsysctld-`. */
const PLACE_MOST = 97;

/** A place as a part of the name: a long one as its hash. node:crypto is loaded only for that, because it takes a sixth of the start of Node.js. */
async function placeName(place: string): Promise<string> {
  if (Buffer.byteLength(place) <= PLACE_MOST) return place;
  const { createHash } = await import('node:crypto');
  return createHash('sha256').update(place).digest('hex');
}

/**
 * The lock is the name of a socket without a file, which only one process can have. Linux removes it with the process, however that ends.
 * The same path in another mount namespace is another place, so the name contains the namespace.
 */
async function lock(mountPoint: string): Promise<() => void> {
  const name = await placeName(`${await readlink('/proc/self/ns/mnt')} ${mountPoint}`);
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'EADDRINUSE' ? new MountPointError(`another vmsysctld is being mounted on ${shellWord(mountPoint)}: mount elsewhere`) : error);
    });
    server.listen(`\0vmsysctld-${name}`, resolve);
  });
  server.unref();
  return () => { server.close(); };
}
