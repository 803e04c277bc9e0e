import { access, constants } from 'node:fs/promises';
import { TransportError } from './transport.ts';

/** Why /dev/fuse cannot be used, if it cannot. */
export async function deviceError(): Promise<TransportError | undefined> {
  try {
    await access('/dev/fuse', constants.R_OK | constants.W_OK);
    return undefined;
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    return new TransportError(
      missing ? '/dev/fuse is missing: run modprobe fuse, or in a container add --device /dev/fuse'
        : '/dev/fuse cannot be opened: run as root, or let this user read and write it', { cause: error });
  }
}
