import { Worker } from 'node:worker_threads';

/**
 * A thread that can serve a mount: it loads the module of its service, and waits to be told the rest (ServingThreadData). It can be made long
 * before that is known, to have it load meanwhile.
 */
export function newServingWorker(module: string): Worker {
  // The compiled module lies beside this one.
  return new Worker(new URL('serving-thread.js', import.meta.url), { workerData: module });
}
