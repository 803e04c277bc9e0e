// The transport over /dev/fuse. The main thread mounts and watches the mount (this file, serving-thread-handle.ts). A thread of its own
// reads requests and answers them (serving-thread.ts, session.ts, *-operations.ts). The folder may import fuse and abi. Start with
// devFuseTransport below.
import { closeSync, openSync, watch as watchFile } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { deviceError } from '../fuse-device.ts';
import { lazyUnmount } from '../lazy-unmount.ts';
import { MountWatch } from '../mount-watch.ts';
import type { ServiceSource } from '../service.ts';
import type { Mounted, Transport, TransportOptions } from '../transport.ts';
import { mountByCommand } from './mount-command.ts';
import { ServingThread } from './serving-thread-handle.ts';

/** How long unmounting waits for an answer of the thread, in milliseconds. */
const WAKE_PATIENCE = 1000;

/** Opens /dev/fuse. Rejects with a TransportError that has the reason if it cannot. */
async function openDevice(): Promise<number> {
  const unusable = await deviceError();
  if (unusable !== undefined) throw unusable;
  return openSync('/dev/fuse', 'r+');
}

/**
 * Keeps Linux from forgetting a node. Linux remembers what inotify(7) watches, and the filesystem can still be unmounted. If no watch is
 * available (fs.inotify.max_user_watches), the node is looked up again after Linux forgot it. Only after a lazy unmount with open files
 * that is impossible; then the thread goes on until one of the files is used or closed.
 */
function keepKnown(path: string): () => void {
  try {
    const watcher = watchFile(path, { persistent: false }).on('error', () => undefined);
    return () => { watcher.close(); };
  } catch {
    return () => undefined;
  }
}

/**
 * The transport over /dev/fuse itself, without native code. mount(8) makes the mount. A thread of its own reads and answers requests in a
 * plain loop, so a request costs two system calls and no switch of threads. The transport knows callers, handles interrupts, and lets reads
 * wait. It calls the filesystem for one request at a time.
 */
export const devFuseTransport: Transport = {
  name: 'dev-fuse',

  async mount(source: ServiceSource, { mountPoint: place, allowOther, onNews, onTrouble }: TransportOptions): Promise<Mounted> {
    // Nobody looks it up by chance. It need not be secret, and to load node:crypto takes a while.
    const wakeName = `.wake-${Math.random().toString(36).slice(2)}`;
    const thread = new ServingThread({ source, wakeName, onNews });
    let mountPoint: string;
    let descriptor: number;
    try {
      mountPoint = await place;
      descriptor = await openDevice();
    } catch (error) {
      await thread.end();
      throw error;
    }
    const ended = thread.ended.finally(() => { closeSync(descriptor); });
    ended.catch(() => undefined);
    try {
      await thread.start(descriptor, mountPoint);
      await mountByCommand(descriptor, { mountPoint, allowOther });
    } catch (error) {
      await thread.end();
      throw error;
    }
    try {
      await thread.serve();
      const letForget = keepKnown(join(mountPoint, wakeName));
      const watch = await MountWatch.start(mountPoint, { descriptor: String(descriptor), onTrouble });
      // A thread that ends by itself found that the mount has ended. A thread that fails leaves a mount without a server.
      const served = ended.catch(async (error: unknown) => {
        await lazyUnmount(mountPoint);
        throw error;
      }).finally(() => { watch.check(); });
      served.catch(() => undefined);
      const gone = watch.gone.then(async (how) => {
        letForget();
        thread.stop();
        await served;
        return how;
      });
      return {
        transport: this.name, gone, command: (order) => thread.command(order), answers: () => thread.wakeAndWait(),
        async unmount() {
          // The thread must be woken afterwards too, when the node can no longer be reached by name.
          await Promise.race([thread.wakeByName(), delay(WAKE_PATIENCE)]);
          await watch.unmount();
        },
      };
    } catch (error) {
      await lazyUnmount(mountPoint);
      thread.stop();
      throw error;
    }
  },
};
