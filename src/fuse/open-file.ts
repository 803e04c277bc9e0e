import { O } from '../abi/open-flags.ts';
import type { Caller } from '../abi/caller.ts';
import type { Filesystem } from './filesystem.ts';

/**
 * Opens a file, and truncates it where the flags say so: Linux leaves that to the server, which spares each `echo >` a request of its own.
 * The handle, or a negative errno.
 */
export function openFile(filesystem: Filesystem, path: string, flags: number, caller?: Caller): number {
  const handle = filesystem.open(path, flags, caller);
  if (handle < 0 || (flags & O.trunc) === 0) return handle;
  const truncated = filesystem.truncate(path, 0);
  if (truncated >= 0) return handle;
  filesystem.release(handle);
  return truncated;
}
