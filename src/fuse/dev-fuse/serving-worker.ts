import { Worker } from 'node:worker_threads';
import { mayMount } from './may-mount.ts';

/**
 * A thread that can serve a mount: it loads the module of its service, and waits to be told the rest (ServingThreadData). It can be made long
 * before that is known, to have it load meanwhile.
 */
export function newServingWorker(module: string): Worker {
  // The compiled module lies beside this one.
  return new Worker(new URL('serving-thread.js', import.meta.url), { workerData: module });
}

/** Makes one before it is known whether it is wanted; undefined where this process may not mount, and so will have no use for it. */
export async function prepareServingWorker(module: string): Promise<Worker | undefined> {
  return (await mayMount()) ? newServingWorker(module) : undefined;
}
