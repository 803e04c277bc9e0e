import type { Logger } from 'pino';
import type { Filesystem } from '../fuse/filesystem.ts';
import type { Vfs } from '../tree/vfs.ts';
import type { Performer } from './perform-effects.ts';

/**
 * The files of a machine as a transport serves them: each operation on the model, and then everything it asked for, before it is answered. A
 * write is not begun where its lines might not find room in the log: nothing is done that is not logged. One whose lines are not in the log all
 * the same has not succeeded, whatever the machine said. With --verbose, which may change, the daemon's own log tells of every open and write.
 */
export function servedFiles(vfs: Vfs, { perform, ready }: Pick<Performer, 'perform' | 'ready'>, log: Logger): Filesystem {
  /** Whether the last write was refused: there is nothing then for `delay` to hold back the answer of. */
  let refused = false;
  return {
    getattr: (path) => vfs.getattr(path),
    readdir: (path) => vfs.readdir(path),
    open: (path, flags, caller) => {
      const answer = vfs.open(path, flags, caller);
      perform();
      if (log.isLevelEnabled('debug')) log.debug({ path, flags, answer }, 'open');
      return answer;
    },
    read: (handle, position, length, caller, flags) => {
      const answer = vfs.read(handle, position, length, caller, flags);
      perform();
      return answer;
    },
    write: (handle, position, data, caller) => {
      let answer = ready();
      refused = answer < 0;
      if (!refused) {
        const done = vfs.write(handle, position, data, caller);
        const failed = perform();
        answer = failed < 0 ? failed : done;
      }
      if (log.isLevelEnabled('debug')) log.debug({ handle, position, bytes: data.length, answer }, 'write');
      return answer;
    },
    lseek: (handle, offset, whence) => vfs.lseek(handle, offset, whence),
    poll: (handle) => vfs.poll(handle),
    release: (handle) => {
      vfs.release(handle);
      perform();
    },
    truncate: (path, size) => vfs.truncate(path, size),
    utimens: (path) => vfs.utimens(path),
    readlink: (path) => vfs.readlink(path),
    fsync: (path) => vfs.fsync(path),
    refuse: (change, path) => vfs.refuse(change, path),
    holdBack: (operation, path) => (operation === 'write' && refused ? 0 : vfs.holdBack(operation, path)),
  };
}
