import { realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ServiceError } from '../fuse/service.ts';

/** The nearest directory there is on the way to a file, symbolic links followed; undefined where it cannot be told. */
async function nearestDirectory(path: string): Promise<string | undefined> {
  for (let at = dirname(path); ; at = dirname(at)) {
    try {
      return await realpath(at);
    } catch (error) {
      // What is wrong with it is said when the log is opened.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') return undefined;
    }
  }
}

/**
 * Makes sure that a log does not lie where the files are to be mounted: whoever opened it anew would wait for himself, and nobody could read it.
 * To be asked before the mount is made. @throws ServiceError
 */
export async function refuseLogWithin(mountPoint: string, logPath: string): Promise<void> {
  const directory = await nearestDirectory(logPath);
  if (directory === undefined || !`${directory}/`.startsWith(mountPoint === '/' ? '/' : `${mountPoint}/`)) return;
  throw new ServiceError(`the log ${logPath} lies below ${mountPoint}, where the files are to be mounted: name another with --log FILE`);
}
