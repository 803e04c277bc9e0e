import { realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ServiceError } from '../../fuse/service.ts';

/**
 * The default path of the log: /var/log/vmsysctld/vmsysctld.log for root, else below the XDG state directory.
 * `home` is the home directory, absolute. XDG Base Directory Specification: an unset, empty or relative XDG_STATE_HOME does not count.
 */
export function defaultLogPath(uid: number, env: Readonly<Record<string, string | undefined>>, home: string): string {
  const stateHome = env['XDG_STATE_HOME'];
  if (uid === 0) return '/var/log/vmsysctld/vmsysctld.log';
  return join(stateHome?.startsWith('/') ? stateHome : join(home, '.local/state'), 'vmsysctld/vmsysctld.log');
}

/** The nearest existing directory on the path to a file, with symbolic links resolved. Undefined if it cannot be found. */
async function nearestDirectory(path: string): Promise<string | undefined> {
  for (let at = dirname(path); ; at = dirname(at)) {
    try {
      return await realpath(at);
    } catch (error) {
      // Opening the log reports what is wrong.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') return undefined;
    }
  }
}

/**
 * Makes sure that the log does not lie below the mount. There the daemon would wait for itself when it reopens the log, and nobody could
 * read the log. Call it before the mount is made. @throws ServiceError
 */
export async function refuseLogWithin(mountPoint: string, logPath: string): Promise<void> {
  const directory = await nearestDirectory(logPath);
  if (directory === undefined || !`${directory}/`.startsWith(mountPoint === '/' ? '/' : `${mountPoint}/`)) return;
  throw new ServiceError(`the log ${logPath} lies below ${mountPoint}, where the files are to be mounted: name another with --log FILE`);
}
