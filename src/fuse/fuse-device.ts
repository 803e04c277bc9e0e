import { open } from 'node:fs/promises';
import { whyNot } from '../abi/errno-words.ts';
import { TransportError } from './transport.ts';

const LOAD = 'run modprobe fuse, or in a container add --device /dev/fuse';

/** What would help, by errno. EPERM comes from a container's list of devices. */
const ADVICE: Readonly<Record<string, string>> = {
  ENOENT: LOAD, ENXIO: LOAD, ENODEV: LOAD, EPERM: LOAD, EACCES: 'run as root, or let this user read and write it',
};

/** Why /dev/fuse cannot be used. Undefined if it can. */
export async function deviceError(): Promise<TransportError | undefined> {
  try {
    // Only opening it shows whether it works: there may be no device behind it, or a container may forbid it.
    await (await open('/dev/fuse', 'r+')).close();
    return undefined;
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    return new TransportError(`/dev/fuse ${whyNot(code === 'ENXIO' ? 'ENODEV' : code)}: ${ADVICE[code] ?? 'run as root'}`, { cause: error });
  }
}
