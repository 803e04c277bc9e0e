import type { ServiceSource } from './service.ts';

export interface TransportOptions {
  /** Where to mount, or where it will be found that one can: what takes time and asks for nothing of it is done meanwhile. */
  readonly mountPoint: string | Promise<string>;
  /** Let users other than the one who mounted in. */
  readonly allowOther: boolean;
  /** Hears what the service tells, from its start on. */
  readonly onNews?: (news: unknown) => void;
  /** Receives why it is not known whether the mount is still there, once; then undefined, when it is known again. The files are served meanwhile. */
  readonly onTrouble?: (error: unknown) => void;
}

/**
 * How a mount went: somebody unmounted it, or its connection was aborted (/sys/fs/fuse/connections/N/abort), so that nothing could be served any
 * more; what that leaves is unmounted.
 */
export type Gone = 'unmounted' | 'aborted';

/** A mounted filesystem. */
export interface Mounted {
  /** The name of the transport that serves it. */
  readonly transport: string;
  /** Settles when the mount has gone, whoever unmounted it, and the service is closed. */
  readonly gone: Promise<Gone>;
  /** Hands an order to the service: its answer. Orders are taken in turn. Rejects with a TransportError when the mount goes first. */
  command(order: unknown): Promise<unknown>;
  /** Settles when those who serve the files have come round to answering: a request has made its way to them. Rejects when the mount goes first. */
  answers(): Promise<void>;
  /** Unmounts, also when files are open; settles when the mount table no longer has it. */
  unmount(): Promise<void>;
}

/** A way for the Linux kernel to ask this process for files. */
export interface Transport {
  readonly name: string;
  /**
   * Starts the service and mounts its files; settles when the mount answers. Rejects with a TransportError or a ServiceError that a person
   * can act on, or with what `mountPoint` rejects with, and has left nothing behind then.
   */
  mount(source: ServiceSource, options: TransportOptions): Promise<Mounted>;
}

/** Why a transport cannot be used here, in one line, with what to do about it. */
export class TransportError extends Error {
  override readonly name = 'TransportError';
}
