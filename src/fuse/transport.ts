import type { Filesystem } from './filesystem.ts';

export interface TransportOptions {
  readonly mountPoint: string;
  /** Let users other than the one who mounted in. */
  readonly allowOther: boolean;
  /** Called with each error thrown by a handler; the request has been answered EIO. */
  readonly onError: (operation: string, path: string, error: unknown) => void;
}

/** A mounted filesystem. */
export interface Mounted {
  /** Settles when the mount has gone, whoever unmounted it. */
  readonly gone: Promise<void>;
  /** Unmounts, also when files are open; settles when the mount table no longer has it. */
  unmount(): Promise<void>;
}

/** A way for the Linux kernel to ask this process for files: fuse-native now, /dev/fuse itself later. */
export interface Transport {
  readonly name: string;
  /** Mounts; settles when the mount answers. Rejects with a TransportError that a person can act on. */
  mount(filesystem: Filesystem, options: TransportOptions): Promise<Mounted>;
}

/** Why a transport cannot be used here, in one line, with what to do about it. */
export class TransportError extends Error {
  override readonly name = 'TransportError';
}
