import type { Logger } from 'pino';
import type { Filesystem } from '../fuse/filesystem.ts';
import type { Vfs } from '../tree/vfs.ts';
import type { Admission, Performer } from './log/admission.ts';

/** What an operation needs besides the model. */
export interface Serving {
  readonly performer: Pick<Performer, 'perform'>;
  readonly admission: Pick<Admission, 'write' | 'refused'>;
  /** The daemon's own log. With --verbose, which may change, every open and write is in it. */
  readonly log: Logger;
}

/**
 * The files of a machine as a transport serves them: each operation on the model, and then everything it asked for, before it is answered.
 * Which write is refused for the sake of the machine's log: {@link Admission}.
 */
export function servedFiles(vfs: Vfs, { performer, admission, log }: Serving): Filesystem {
  return {
    getattr: (path) => vfs.getattr(path),
    readdir: (path) => vfs.readdir(path),
    open: (path, flags, caller) => {
      const answer = vfs.open(path, flags, caller);
      performer.perform();
      if (log.isLevelEnabled('debug')) log.debug({ path, flags, answer }, 'open');
      return answer;
    },
    read: (handle, position, length, caller, flags) => {
      const answer = vfs.read(handle, position, length, caller, flags);
      performer.perform();
      return answer;
    },
    write: (handle, position, data, caller) => {
      const answer = admission.write(() => vfs.write(handle, position, data, caller));
      if (log.isLevelEnabled('debug')) log.debug({ handle, position, bytes: data.length, answer }, 'write');
      return answer;
    },
    lseek: (handle, offset, whence) => vfs.lseek(handle, offset, whence),
    poll: (handle) => vfs.poll(handle),
    release: (handle) => {
      vfs.release(handle);
      performer.perform();
    },
    truncate: (path, size) => vfs.truncate(path, size),
    utimens: (path) => vfs.utimens(path),
    readlink: (path) => vfs.readlink(path),
    fsync: (path) => vfs.fsync(path),
    refuse: (change, path) => vfs.refuse(change, path),
    // A refused write did nothing: `delay` does not hold its answer back.
    holdBack: (operation, path) => (operation === 'write' && admission.refused ? 0 : vfs.holdBack(operation, path)),
  };
}
