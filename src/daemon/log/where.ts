import { realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ServiceError } from '../../fuse/service.ts';

/**
 * Where the log goes unless `--log` says otherwise: /var/log/vmsysctld/vmsysctld.log for root, else the XDG state directory.
 * `home` is the home directory, absolute. XDG Base Directory Specification: an unset, empty or relative XDG_STATE_HOME does not count.
 */
export function defaultLogPath(uid: number, env: Readonly<Record<string, string | undefined>>, home: string): string {
  const stateHome = env['XDG_STATE_HOME'];
  if (uid === 0) return '/var/log/vmsysctld/vmsysctld.log';
  return join(stateHome?.startsWith('/') ? stateHome : join(home, '.local/state'), 'vmsysctld/vmsysctld.log');
}

/** The nearest existing directory on the way to a file, symbolic links followed; undefined where that cannot be found out. */
async function nearestDirectory(path: string): Promise<string | undefined> {
  for (let at = dirname(path); ; at = dirname(at)) {
    try {
      return await realpath(at);
    } catch (error) {
      // What is wrong with it is reported when the log is opened.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') return undefined;
    }
  }
}

/**
 * Makes sure that the log does not lie below the mount: the daemon would wait for itself when it reopens the log, and nobody could read it.
 * To be called before the mount is made. @throws ServiceError
 */
export async function refuseLogWithin(mountPoint: string, logPath: string): Promise<void> {
  const directory = await nearestDirectory(logPath);
  if (directory === undefined || !`${directory}/`.startsWith(mountPoint === '/' ? '/' : `${mountPoint}/`)) return;
  throw new ServiceError(`the log ${logPath} lies below ${mountPoint}, where the files are to be mounted: name another with --log FILE`);
}
