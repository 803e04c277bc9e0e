import { PlainError } from '../abi/plain-error.ts';
import type { ServiceSource } from './service.ts';

export interface TransportOptions {
  /** Where to mount. It may be a promise: what needs no mount point is done meanwhile. */
  readonly mountPoint: string | Promise<string>;
  /** Whether other users than the one who mounts have access. */
  readonly allowOther: boolean;
  /** Receives the news of the service, from its start on. */
  readonly onNews?: (news: unknown) => void;
  /** Receives, once, why the transport cannot check that the mount exists; then undefined when it can again. The files are served meanwhile. */
  readonly onTrouble?: (error: unknown) => void;
}

/**
 * How a mount ended: it was unmounted, or its connection was aborted (/sys/fs/fuse/connections/N/abort). The transport unmounts what an abort
 * leaves behind.
 */
export type Gone = 'unmounted' | 'aborted';

/** A mounted filesystem. */
export interface Mounted {
  /** The name of the transport that serves it. */
  readonly transport: string;
  /** Settles when the mount has ended, no matter who unmounted it, and the service is closed. */
  readonly gone: Promise<Gone>;
  /** Sends an order to the service, and settles with its answer. Orders are done in turn. Rejects with a TransportError if the mount ends first. */
  command(order: unknown): Promise<unknown>;
  /** Settles when the thread that serves has answered a request: a sign of life. Rejects if the mount ends first. */
  answers(): Promise<void>;
  /** Unmounts, even if files are open. Settles when the mount is no longer in the mount table. */
  unmount(): Promise<void>;
}

/** A way for Linux to ask this process for files. */
export interface Transport {
  readonly name: string;
  /**
   * Starts the service and mounts its files. Settles when the mount answers. Rejects with a TransportError or a ServiceError that says what
   * to do, or with the error of `mountPoint`, and then leaves nothing behind.
   */
  mount(source: ServiceSource, options: TransportOptions): Promise<Mounted>;
}

/** Why a transport cannot be used here, in one line, with what to do about it. */
export class TransportError extends PlainError {
  override readonly name = 'TransportError';
}

/** The names that `--transport` takes. */
export const TRANSPORT_NAMES = ['auto', 'dev-fuse', 'fuse-native'] as const;
export type TransportName = (typeof TRANSPORT_NAMES)[number];
