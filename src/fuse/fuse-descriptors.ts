import { readdir, readlink } from 'node:fs/promises';

/** Whether a descriptor of this process is open on /dev/fuse. It takes no descriptor to find out. */
export async function isFuseDescriptor(descriptor: string): Promise<boolean> {
  try {
    return await readlink(`/proc/self/fd/${descriptor}`) === '/dev/fuse';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return false;
  }
}

/**
 * The descriptors of this process that are open on /dev/fuse, one for each mount it serves. Mind that libfuse 2.9 opens them without
 * O_CLOEXEC: every child process has them too, and while one lives, killing the server leaves callers waiting where ENOTCONN is due.
 */
export async function fuseDescriptors(): Promise<string[]> {
  const open: string[] = [];
  for (const descriptor of await readdir('/proc/self/fd')) if (await isFuseDescriptor(descriptor)) open.push(descriptor);
  return open;
}
