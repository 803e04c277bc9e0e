import type { MessagePort } from 'node:worker_threads';
import type { ServiceSource } from '../service.ts';

/** What the main thread gives the serving thread to begin with. */
export interface ServingThreadData {
  readonly source: ServiceSource;
  readonly owner: { readonly uid: number; readonly gid: number };
  readonly wakeName: string;
  /** One number: not 0 once the thread is to stop serving. */
  readonly stop: Int32Array;
  /** Orders for the service come in here, and its answers go out, in the same order; they are taken when the thread is woken. */
  readonly commands: MessagePort;
}

/** From the main thread, before the thread serves: start the service, which is to be served on this descriptor of /dev/fuse, which the main thread
 * opened and closes; the mount is made, serve; or there is nothing to be done, end. */
export type Order = { readonly kind: 'start'; readonly descriptor: number } | { readonly kind: 'serve' } | { readonly kind: 'end' };

/** From the serving thread. */
export type ServingThreadMessage =
  /** The service is started. */
  | { readonly kind: 'started' }
  /** It cannot be: the text of a ServiceError. */
  | { readonly kind: 'refused'; readonly text: string }
  /** Linux has got its answer to INIT; `agreed` is whether its version can be spoken with. */
  | { readonly kind: 'initialized'; readonly agreed: boolean }
  /** Wake me after so many milliseconds. */
  | { readonly kind: 'alarm'; readonly milliseconds: number }
  /** What the service tells. */
  | { readonly kind: 'news'; readonly news: unknown };

/** In place of an order for the service: answer, and do nothing else. */
export const WAKE_ONLY = null;
