import type { Filesystem, LongWork } from '../fuse/filesystem.ts';
import type { Steps } from '../vfs/node.ts';
import type { Vfs } from '../vfs/vfs.ts';
import type { Admission, Performer } from './log/admission.ts';
import type { OperationalLog } from './operational-log.ts';

/** What operations need besides the model. */
interface Serving {
  readonly performer: Pick<Performer, 'perform'>;
  readonly admission: Pick<Admission, 'write' | 'refused'>;
  /** The daemon's own log. With --verbose, which can change while the daemon runs, it has every open and write. */
  readonly log: OperationalLog;
}

/**
 * The files of a machine as a transport serves them. Each operation is done on the model, and then its effects are performed, before it is
 * answered. {@link Admission} decides which write is refused for the sake of the machine's log.
 */
export function servedFiles(vfs: Vfs, { performer, admission, log }: Serving): Filesystem {
  /** Does the first slice of an operation, which is nearly always all of it. */
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
      log.debug({ path, flags, answer }, 'open');
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
      log.debug({ handle, position, bytes: data.length, answer: typeof answer === 'number' ? answer : 'later' }, 'write');
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
    access: (path, asked, caller) => vfs.access(path, asked, caller),
    truncate: (path, size, caller) => vfs.truncate(path, size, caller),
    utimens: (path, now, caller) => vfs.utimens(path, now, caller),
    readlink: (path) => vfs.readlink(path),
    fsync: (path) => vfs.fsync(path),
    mkdir: (path, caller) => performed(vfs.mkdir(path, caller)),
    rmdir: (path, caller) => performed(vfs.rmdir(path, caller)),
    refuse: (change, path, caller) => vfs.refuse(change, path, caller),
    // A refused write did nothing, so `delay` does not hold its answer back.
    holdBack: (operation, path) => (operation === 'write' && admission.refused ? 0 : vfs.holdBack(path)),
  };
}

/** How long a slice takes before others are served, in milliseconds. */
const SLICE = 20;

/**
 * Does steps of the model in slices, and performs the effects of each slice with `perform`. The first failure of `perform` is the answer,
 * because an operation whose lines are not in the log is not acknowledged.
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
