// The thread that serves a mount: it makes the service, and from then on does nothing but read a request, have it answered, and read the
// next, which blocks. So no timer and no message reaches it: it looks for them when the main thread wakes it with a request (wake-node.ts).
import { once } from 'node:events';
import { readSync, writeSync } from 'node:fs';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { type Service, ServiceError, startService } from '../service.ts';
import type { Begin, ServingThreadData, ServingThreadMessage } from './serving-thread-messages.ts';
import { Session } from './session.ts';

/** A read of /dev/fuse that failed so is to be done again: the request was taken back, a signal came, or the other thread was quicker. */
const AGAIN: readonly (string | undefined)[] = ['ENOENT', 'EINTR', 'EAGAIN'];
/** The connection has gone: unmounted, or aborted. */
const GONE: readonly (string | undefined)[] = ['ENODEV', 'ECONNABORTED'];
/** A message is not taken for good reason: the task that waited was killed, or the connection has gone. */
const NOT_WAITED_FOR: readonly (string | undefined)[] = ['ENOENT', ...GONE];

/** What the main thread says first; the service's module is loaded meanwhile. */
async function receiveData(): Promise<ServingThreadData> {
  if (parentPort === null) throw new Error('this is a module for a thread');
  const received = once(parentPort, 'message') as Promise<[ServingThreadData]>;
  // One that cannot be loaded is told of when the service is started.
  await import(workerData as string).catch(() => undefined);
  return (await received)[0];
}

const { descriptor, source, owner, wakeName, stop, commands } = await receiveData();
const now = (): number => performance.now();

function tell(message: ServingThreadMessage): void {
  parentPort?.postMessage(message);
}

/** When the service wants to be woken, and when the main thread was last told to wake this one. */
const alarm = { service: Infinity, told: Infinity };

function send(service: Service, bytes: Uint8Array, length: number): void {
  try {
    writeSync(descriptor, bytes, 0, length);
  } catch (error) {
    if (!NOT_WAITED_FOR.includes((error as NodeJS.ErrnoException).code)) service.onError('answer', '/dev/fuse', error);
  }
}

/** Reads a request into the buffer: its length, 0 for none this time, undefined when the connection has gone. */
function receive(buffer: Buffer): number | undefined {
  try {
    return readSync(descriptor, buffer, 0, buffer.length, null);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (AGAIN.includes(code)) return 0;
    if (GONE.includes(code)) return undefined;
    throw error;
  }
}

/** Does what has fallen due, and what the main thread wants. */
function wake(service: Service, session: Session): void {
  alarm.told = Infinity;
  for (let next = receiveMessageOnPort(commands); next !== undefined; next = receiveMessageOnPort(commands)) {
    service.command(String(next.message));
  }
  session.waiting.elapsed();
  if (alarm.service <= now()) {
    alarm.service = Infinity;
    service.wake();
    session.waiting.retry();
  }
}

function serve(service: Service): void {
  const session = new Session({
    filesystem: service.filesystem, onError: (operation, path, error) => { service.onError(operation, path, error); }, owner, wakeName, now,
    mountedAt: Math.floor(Date.now() / 1000), send: (bytes, length) => { send(service, bytes, length); },
  });
  let told = false;
  while (Atomics.load(stop, 0) === 0) {
    const length = receive(session.buffer);
    if (length === undefined) break;
    if (length > 0) session.receive(length);
    if (session.woken) wake(service, session);
    if (!told && session.agreed !== undefined) {
      told = true;
      tell({ kind: 'initialized', agreed: session.agreed });
      if (!session.agreed) break;
    }
    const due = Math.min(alarm.service, session.waiting.due);
    if (due < alarm.told) {
      alarm.told = due;
      tell({ kind: 'alarm', milliseconds: Math.max(0, Math.ceil(due - now())) });
    }
  }
  session.waiting.letGo();
}

async function run(): Promise<void> {
  let service: Service;
  try {
    service = await startService(source, { wakeAfter: (milliseconds) => { alarm.service = now() + milliseconds; }, readsCanWait: true });
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    tell({ kind: 'refused', text: error.message });
    return;
  }
  if (parentPort === null) return;
  const begun = once(parentPort, 'message') as Promise<[Begin]>;
  tell({ kind: 'started' });
  try {
    if ((await begun)[0] === 'serve') serve(service);
  } finally {
    service.close();
  }
}

await run();
// Their listeners would keep the thread alive.
commands.close();
parentPort?.close();
