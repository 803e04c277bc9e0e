import { PlainError } from '../abi/plain-error.ts';
import type { Filesystem } from './filesystem.ts';

/** What a transport gives a service. */
export interface ServiceHost {
  /** The name of the transport that serves. */
  readonly transport: string;
  /** Sets when to call {@link Service.wake}: after `milliseconds`. A later call replaces an earlier one. */
  readonly wakeAfter: (milliseconds: number) => void;
  /** Sends news to the main thread of the program, copied as structuredClone() does. */
  readonly tell: (news: unknown) => void;
  /** Whether a read may return that it must wait. */
  readonly readsCanWait: boolean;
}

/** Files, and what is behind them. A service is made and used in the thread that serves, which may be any thread. */
export interface Service {
  readonly filesystem: Filesystem;
  /** The time set by `wakeAfter` has come. */
  wake(): void;
  /** Carries out an order of the main thread, such as to reopen the log, and returns the answer. Both are copied as structuredClone() does. Never throws. */
  command(order: unknown): unknown;
  /** Receives each error that a method of the filesystem threw (its request was answered EIO), and each malformed request. */
  onError(operation: string, path: string, error: unknown): void;
  /** Serving has ended. */
  close(): void;
}

/** Makes a service. Throws a ServiceError if that is not possible, and then leaves nothing behind. */
export type StartService = (data: unknown, host: ServiceHost) => Service;

/**
 * Where a service comes from: the URL of a module whose `startService` makes it from `data`. Functions cannot be sent to another thread, so
 * the thread that serves imports the module. `data` is copied as structuredClone() does.
 */
export interface ServiceSource {
  readonly module: string;
  readonly data: unknown;
}

/** Why a service cannot be started, in one line, with what would be right. */
export class ServiceError extends PlainError {
  override readonly name = 'ServiceError';
}

/** Loads the module of a service in this thread. Returns the function that makes the service. */
export async function loadService({ module, data }: ServiceSource): Promise<(host: ServiceHost) => Service> {
  const { startService } = await import(module) as { startService: StartService };
  return (host) => startService(data, host);
}
