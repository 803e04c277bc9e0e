import type { Logger } from 'pino';
import type { Filesystem, LongWork } from '../fuse/filesystem.ts';
import type { Caller } from '../abi/caller.ts';
import type { Vfs } from '../vfs/vfs.ts';
import { longWork } from './long-work.ts';
import type { Performer } from './perform.ts';

/**
 * The files of a machine as a transport serves them: each operation on the model, and then everything it asked for, before it is answered. A
 * write is not begun where its lines might not find room in the log: nothing is done that is not logged. One whose lines are not in the log all
 * the same has not succeeded, whatever the machine said. With --verbose, which may change, the daemon's own log tells of every open and write.
 */
export function servedFiles(vfs: Vfs, { perform, ready }: Pick<Performer, 'perform' | 'ready'>, log: Logger): Filesystem {
  /** Whether the last write was refused: there is nothing then for `delay` to hold back the answer of. */
  let refused = false;

  /** Does the first slice of a work, which nearly always is all of it. */
  function begun(work: LongWork): { readonly answer: number | LongWork; readonly work: LongWork | undefined } {
    const answer = work.proceed();
    return answer === undefined ? { answer: work, work } : { answer, work: undefined };
  }

  function written(handle: number, position: number, data: Uint8Array, caller: Caller | undefined): number | LongWork {
    const reason = ready();
    refused = reason < 0;
    if (refused) return reason;
    const done = vfs.beginWrite(handle, position, data, caller);
    if (typeof done !== 'number') return begun(longWork(done, perform)).answer;
    const failed = perform();
    return failed < 0 ? failed : done;
  }

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
      const answer = written(handle, position, data, caller);
      if (log.isLevelEnabled('debug')) log.debug({ handle, position, bytes: data.length, answer: typeof answer === 'number' ? answer : 'later' }, 'write');
      return answer;
    },
    lseek: (handle, offset, whence) => vfs.lseek(handle, offset, whence),
    poll: (handle) => vfs.poll(handle),
    release: (handle) => {
      const steps = vfs.beginRelease(handle);
      if (steps) return begun(longWork(steps, perform)).work;
      perform();
      return undefined;
    },
    truncate: (path, size) => vfs.truncate(path, size),
    utimens: (path) => vfs.utimens(path),
    readlink: (path) => vfs.readlink(path),
    fsync: (path) => vfs.fsync(path),
    refuse: (change, path) => vfs.refuse(change, path),
    holdBack: (operation, path) => (operation === 'write' && refused ? 0 : vfs.holdBack(operation, path)),
  };
}
