import type { Filesystem } from './filesystem.ts';

/** What a service has of whoever runs it. */
export interface ServiceHost {
  /** The name of the transport that serves. */
  readonly transport: string;
  /** Has {@link Service.wake} called after so many milliseconds; the last call counts. */
  readonly wakeAfter: (milliseconds: number) => void;
  /** Tells the program's main thread something, which is copied as structuredClone() does. */
  readonly tell: (news: unknown) => void;
  /** Whether a read may answer that it has to wait. */
  readonly readsCanWait: boolean;
}

/** Files, and what is behind them: made, and used, in the thread that serves them, which may be any. */
export interface Service {
  readonly filesystem: Filesystem;
  /** The time that `wakeAfter` was told of has come. */
  wake(): void;
  /** Does what the program's main thread orders, such as to open the log anew, and answers it. Both are copied as structuredClone() does. Never throws. */
  command(order: unknown): unknown;
  /** Hears of each error thrown by a method of the filesystem, whose request has been answered EIO, and of requests that make no sense. */
  onError(operation: string, path: string, error: unknown): void;
  /** Nothing is served any more. */
  close(): void;
}

/** Makes a service. Throws a ServiceError when it cannot be, and has left nothing behind then. */
export type StartService = (data: unknown, host: ServiceHost) => Service;

/**
 * Where a service comes from: the URL of a module whose `startService` makes it of `data`. Functions cannot be handed to another thread, so
 * the thread that serves imports the module; `data` is copied as structuredClone() does.
 */
export interface ServiceSource {
  readonly module: string;
  readonly data: unknown;
}

/** Why a service cannot be started, in one line, with what would be right. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
}

/** Loads what a service is made by, in this thread: what makes it. */
export async function loadService({ module, data }: ServiceSource): Promise<(host: ServiceHost) => Service> {
  const { startService } = await import(module) as { startService: StartService };
  return (host) => startService(data, host);
}
