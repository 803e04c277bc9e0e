import type { Logger } from 'pino';
import type { Filesystem, LongWork } from '../fuse/filesystem.ts';
import type { Steps } from '../vfs/node.ts';
import type { Vfs } from '../vfs/vfs.ts';
import type { Admission, Performer } from './log/admission.ts';

/** What an operation needs besides the model. */
interface Serving {
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
  /** Does the first slice of a work, which nearly always is all of it. */
  function begun(work: LongWork): { readonly answer: number | LongWork; readonly work: LongWork | undefined } {
    const answer = work.proceed();
    return answer === undefined ? { answer: work, work } : { answer, work: undefined };
  }
  const perform = (): number => performer.perform();
  const performed = (answer: number): number => {
    perform();
    return answer;
  };

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
      const done = admission.write(() => vfs.beginWrite(handle, position, data, caller));
      const answer = typeof done === 'number' ? done : begun(longWork(done, perform)).answer;
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
    mkdir: (path, caller) => performed(vfs.mkdir(path, caller)),
    rmdir: (path, caller) => performed(vfs.rmdir(path, caller)),
    refuse: (change, path) => vfs.refuse(change, path),
    // A refused write did nothing: `delay` does not hold its answer back.
    holdBack: (operation, path) => (operation === 'write' && admission.refused ? 0 : vfs.holdBack(path)),
  };
}

/** How long it goes on before others are served, in milliseconds. */
const SLICE = 20;

/**
 * Makes steps of the model a work that is done in slices, each with everything it asked for: `perform` is called after each, and its first
 * failure is the answer, since what is not logged is not acknowledged.
 */
function longWork(steps: Steps, perform: () => number): LongWork {
  let failed = 0;

  function slice(stop: boolean): number | undefined {
    const until = performance.now() + SLICE;
    let step = steps.next(stop);
    while (!step.done && (stop || performance.now() < until)) step = steps.next(stop);
    const performed = perform();
    if (failed === 0 && performed < 0) failed = performed;
    if (!step.done) return undefined;
    return failed < 0 ? failed : step.value;
  }

  return { proceed: () => slice(false), stop: () => slice(true) ?? 0 };
}
