// The thread that serves a mount: it makes the service, and from then on does nothing but read a request, have it answered, and read the
// next, which blocks. So no timer and no message reaches it: it looks for them when the main thread wakes it with a request (wake-node.ts).
import { on } from 'node:events';
import { readSync, writeSync } from 'node:fs';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { loadService, type Service, ServiceError } from '../service.ts';
import { WAKE_ONLY, type Order, type ServingThreadData, type ServingThreadMessage } from './serving-thread-messages.ts';
import { Session } from './session.ts';
import { wakeMessage } from './wake-node.ts';

/** A read of /dev/fuse that failed so is to be done again: the request was taken back, a signal came, or the other thread was quicker. */
const AGAIN: readonly (string | undefined)[] = ['ENOENT', 'EINTR', 'EAGAIN'];
/** The connection has gone: unmounted, or aborted. */
const GONE: readonly (string | undefined)[] = ['ENODEV', 'ECONNABORTED'];
/** A message is not taken for good reason: the task that waited was killed, or the connection has gone. */
const NOT_WAITED_FOR: readonly (string | undefined)[] = ['ENOENT', ...GONE];

if (parentPort === null) throw new Error('this is a module for a thread');
/** What the main thread says, in order. */
const inbox = on(parentPort, 'message');

async function hear<Message>(): Promise<Message> {
  const { value } = await inbox.next() as { value: [Message] };
  return value[0];
}

// The service's module is loaded before anything is said; one that cannot be is told of when the service is started.
await import(workerData as string).catch(() => undefined);
const { source, owner, wakeName, stop, commands } = await hear<ServingThreadData>();
let descriptor = -1;
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
    commands.postMessage(next.message === WAKE_ONLY ? WAKE_ONLY : service.command(next.message));
  }
  session.waiting.elapsed();
  if (alarm.service <= now()) {
    alarm.service = Infinity;
    service.wake();
    session.waiting.retry();
  }
}

/** Has the main thread wake this one when something falls due, unless it is to do so by then. */
function setAlarm(due: number): void {
  if (due >= alarm.told) return;
  alarm.told = due;
  tell({ kind: 'alarm', milliseconds: Math.max(0, Math.ceil(due - now())) });
}

/** Whether a request by which this thread wakes itself is under way. */
let wakesItself = false;

/** Has a request come at once, so that reading one does not block; false where Linux has forgotten the node for it. */
function wakeItself(): boolean {
  if (wakesItself) return true;
  try {
    writeSync(descriptor, wakeMessage());
    wakesItself = true;
  } catch {
    return false;
  }
  return true;
}

/** Reads a request and answers it; false when there are no more. */
function answerNext(session: Session): boolean {
  const length = receive(session.buffer);
  if (length === undefined) return false;
  if (length > 0) session.receive(length);
  if (length > 0 && session.woken) wakesItself = false;
  return true;
}

/** Serves a request; false when there are no more. In a function of its own, for what never returns is never compiled well. */
function serveNext(service: Service, session: Session): boolean {
  // While a work is under way the next request is not waited for. Where this thread cannot wake itself, it reads none until the work is done.
  const served = !session.waiting.busy || wakeItself();
  if (served && !answerNext(session)) return false;
  if (session.woken || !served) wake(service, session);
  session.waiting.proceed();
  setAlarm(Math.min(alarm.service, session.waiting.due));
  return Atomics.load(stop, 0) === 0;
}

function serve(service: Service): void {
  const session = new Session({
    filesystem: service.filesystem, onError: (operation, path, error) => { service.onError(operation, path, error); }, owner, wakeName, now,
    mountedAt: Math.floor(Date.now() / 1000), send: (bytes, length) => { send(service, bytes, length); },
  });
  while (session.agreed === undefined && serveNext(service, session));
  tell({ kind: 'initialized', agreed: session.agreed === true });
  while (session.agreed === true && serveNext(service, session));
  session.waiting.letGo();
}

async function run(): Promise<void> {
  const start = await loadService(source);
  const order = await hear<Order>();
  if (order.kind !== 'start') return;
  descriptor = order.descriptor;
  let service: Service;
  try {
    service = start({
      transport: 'dev-fuse',
      wakeAfter: (milliseconds) => { alarm.service = now() + milliseconds; },
      tell: (news) => { tell({ kind: 'news', news }); },
      readsCanWait: true,
    });
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    tell({ kind: 'refused', text: error.message });
    return;
  }
  tell({ kind: 'started' });
  try {
    if ((await hear<Order>()).kind === 'serve') serve(service);
  } finally {
    service.close();
  }
}

await run();
// Their listeners would keep the thread alive.
commands.close();
await inbox.return?.();
parentPort.close();
