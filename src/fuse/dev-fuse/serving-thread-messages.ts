import type { MessagePort } from 'node:worker_threads';
import type { ServiceSource } from '../service.ts';

/** The first message of the main thread to the serving thread. */
export interface ServingThreadData {
  readonly source: ServiceSource;
  readonly owner: { readonly uid: number; readonly gid: number };
  readonly wakeName: string;
  /** One number: 0 until the thread must stop serving. */
  readonly stop: Int32Array;
  /** Receives orders for the service, and sends its answers in the same order. The thread reads it when it is woken. */
  readonly commands: MessagePort;
}

/**
 * From the main thread, before the thread serves. `start`: start the service and serve it on this descriptor of /dev/fuse, which the main
 * thread opened and closes. `serve`: the mount exists. `end`: there is nothing to serve.
 */
export type Order = { readonly kind: 'start'; readonly descriptor: number } | { readonly kind: 'serve' } | { readonly kind: 'end' };

/** From the serving thread. */
export type ServingThreadMessage =
  /** The service is started. */
  | { readonly kind: 'started' }
  /** The service cannot be started: the text of a ServiceError. */
  | { readonly kind: 'refused'; readonly text: string }
  /** The reply to INIT was sent. `agreed`: whether the version of Linux is new enough. */
  | { readonly kind: 'initialized'; readonly agreed: boolean }
  /** Wake this thread after so long. */
  | { readonly kind: 'alarm'; readonly milliseconds: number }
  /** News of the service. */
  | { readonly kind: 'news'; readonly news: unknown };

/** In place of an order for the service: only answer. */
export const WAKE_ONLY = null;
