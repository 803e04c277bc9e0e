// The thread that serves a mount. It makes the service. From then on it only reads a request, answers it, and reads the next, which blocks.
// So no timer and no message reaches it. It looks for them when the main thread wakes it with a request (wake-node.ts).
import { on } from 'node:events';
import { readSync, writeSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { loadService, type Service, ServiceError } from '../service.ts';
import { WAKE_ONLY, type Order, type ServingThreadData, type ServingThreadMessage } from './serving-thread-messages.ts';
import { Session } from './session.ts';
import { signalEndsWait } from './task-signals.ts';
import { wakeMessage } from './wake-node.ts';

/** Errors of a read of /dev/fuse after which it is repeated: the request was withdrawn, a signal came, or the other thread was faster. */
const AGAIN: readonly (string | undefined)[] = ['ENOENT', 'EINTR', 'EAGAIN'];
/** The connection has ended: by unmounting, or by an abort. */
const GONE: readonly (string | undefined)[] = ['ENODEV', 'ECONNABORTED'];
/** Harmless errors of a reply: the task that waited was killed, or the connection has ended. */
const NOT_WAITED_FOR: readonly (string | undefined)[] = ['ENOENT', ...GONE];

/**
 * A request passes through some fifty short functions. V8 puts only the first of them into the code of their caller; the rest lie scattered, and
 * after each switch of tasks the processor must find them again. With twice V8's budget of 920 a read or a write takes 0.94 of its time. A budget
 * of 6000 takes 0.9, but compiling takes so long that ten thousand injections take 1.3 to 3 times their time (npm run bench).
 */
const INLINING = '--max-inlined-bytecode-size-cumulative=2000';
setFlagsFromString(INLINING);

if (parentPort === null) throw new Error('this is a module for a thread');
/** The messages of the main thread, in order. */
const inbox = on(parentPort, 'message');

async function hear<Message>(): Promise<Message> {
  const { value } = await inbox.next() as { value: [Message] };
  return value[0];
}

// The module of the service is loaded before the first message. If it cannot be loaded, starting the service reports it.
await import(workerData as string).catch(() => undefined);
const { source, owner, wakeName, stop, commands } = await hear<ServingThreadData>();
let descriptor = -1;
// The global `performance` is a getter.
const clock = performance;
const now = (): number => clock.now();

function tell(message: ServingThreadMessage): void {
  parentPort?.postMessage(message);
}

/** When the service wants to be woken, and for when the main thread has set its alarm. */
const alarm = { service: Infinity, set: Infinity };

function send(service: Service, bytes: Uint8Array, length: number): void {
  try {
    writeSync(descriptor, bytes, 0, length);
  } catch (error) {
    if (!NOT_WAITED_FOR.includes((error as NodeJS.ErrnoException).code)) service.onError('answer', '/dev/fuse', error);
  }
}

/** Reads a request into the buffer. Returns its length; 0: none this time; undefined: the connection has ended. */
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

/** Does what is due, and carries out the orders of the main thread. */
function wake(service: Service, session: Session): void {
  alarm.set = Infinity;
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

/** Asks the main thread to wake this one when something is due, unless it will do so before. */
function setAlarm(due: number): void {
  if (due >= alarm.set) return;
  alarm.set = due;
  tell({ kind: 'alarm', milliseconds: Math.max(0, Math.ceil(due - now())) });
}

/** Whether a request by which this thread wakes itself is pending. */
let wakesItself = false;

/** Makes Linux send a request at once, so that reading one does not block. False if Linux has forgotten the node for it. */
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

/**
 * Serves a request; false when there are no more. A function of its own, because V8 does not optimize a loop that never returns well: what
 * stands in the loop itself is slow for ever.
 */
function serveNext(service: Service, session: Session): boolean {
  // During a long operation this thread does not wait for the next request. If it cannot wake itself, it reads none until the operation is
  // done.
  const served = !session.waiting.busy || wakeItself();
  if (served && !answerNext(session)) return false;
  if (session.woken || !served) wake(service, session);
  session.waiting.proceed();
  setAlarm(Math.min(alarm.service, session.waiting.due));
  // A plain read, since Atomics.load() is a call: the next request reads it again.
  return stop[0] === 0;
}

function serve(service: Service): void {
  const session = new Session({
    filesystem: service.filesystem, onError: (operation, path, error) => { service.onError(operation, path, error); }, owner, wakeName, now, signalEndsWait,
    mountedAt: Math.floor(Date.now() / 1000), send: (bytes, length) => { send(service, bytes, length); },
  });
  while (session.agreed === undefined && serveNext(service, session));
  tell({ kind: 'initialized', agreed: session.agreed === true });
  if (session.agreed === true) while (serveNext(service, session));
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
