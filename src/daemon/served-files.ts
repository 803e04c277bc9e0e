import type { Logger } from 'pino';
import type { Filesystem } from '../fuse/filesystem.ts';
import type { Vfs } from '../tree/vfs.ts';

/**
 * The files of a machine as a transport serves them: each operation on the model, and then everything it asked for, before it is answered.
 * `perform` does that, and answers 0 or the negative errno of a log that could not be written: a write whose lines are not in the log has not
 * succeeded, whatever the machine said. With --verbose, which may change, the daemon's own log tells of every open and write.
 */
export function servedFiles(vfs: Vfs, perform: () => number, log: Logger): Filesystem {
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
      const done = vfs.write(handle, position, data, caller);
      const failed = perform();
      const answer = failed < 0 ? failed : done;
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
    holdBack: (operation, path) => vfs.holdBack(operation, path),
  };
}
