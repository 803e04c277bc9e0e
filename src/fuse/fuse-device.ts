import { open } from 'node:fs/promises';
import { TransportError } from './transport.ts';

const MISSING = 'run modprobe fuse, or in a container add --device /dev/fuse';
const DENIED = '/dev/fuse cannot be opened: run as root, or let this user read and write it';

/** What to do about it, by why it cannot be opened. EPERM is a container's device list. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: `/dev/fuse is missing: ${MISSING}`,
  ENXIO: `/dev/fuse has no device behind it: ${MISSING}`,
  ENODEV: `/dev/fuse has no device behind it: ${MISSING}`,
  EACCES: DENIED,
  EPERM: `/dev/fuse may not be opened here: ${MISSING}`,
};

/** Why /dev/fuse cannot be used, if it cannot. */
export async function deviceError(): Promise<TransportError | undefined> {
  try {
    // Opened it says more than its mode does: there may be nothing behind it, and a container may keep from it what it shows.
    await (await open('/dev/fuse', 'r+')).close();
    return undefined;
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    return new TransportError(REASONS[code] ?? `/dev/fuse cannot be opened (${code}): run as root`, { cause: error });
  }
}
