import type { LongWork } from '../fuse/filesystem.ts';
import type { Steps } from '../vfs/node.ts';

/** How long it goes on before others are served, in milliseconds. */
const SLICE = 20;

/**
 * Makes steps of the model a work that is done in slices, each with everything it asked for: `perform` is called after each, and its first
 * failure is the answer, since what is not logged is not acknowledged.
 */
export function longWork(steps: Steps, perform: () => number): LongWork {
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
