import { readdir, readlink } from 'node:fs/promises';

/** Whether a descriptor of this process is open on /dev/fuse. The check opens no descriptor. */
export async function isFuseDescriptor(descriptor: string): Promise<boolean> {
  try {
    return await readlink(`/proc/self/fd/${descriptor}`) === '/dev/fuse';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return false;
  }
}

/**
 * The descriptors of this process that are open on /dev/fuse, one for each mount it serves. libfuse 2.9 opens them without
 * O_CLOEXEC, so every child process has them too. While such a child lives, callers of a killed server wait, instead of getting ENOTCONN.
 */
export async function fuseDescriptors(): Promise<string[]> {
  const open: string[] = [];
  for (const descriptor of await readdir('/proc/self/fd')) if (await isFuseDescriptor(descriptor)) open.push(descriptor);
  return open;
}
