// The transport over /dev/fuse. The main thread mounts and watches the mount (this file, serving-thread-handle.ts). A thread of its own
// reads requests and answers them (serving-thread.ts, session.ts, *-operations.ts). The folder may import fuse and abi. Start with
// devFuseTransport below.
import { randomUUID } from 'node:crypto';
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

/** How long an unmounting waits for the thread to answer, in milliseconds. */
const WAKE_PATIENCE = 1000;

/** Opens /dev/fuse. Rejects with a TransportError that says why it cannot be. */
async function openDevice(): Promise<number> {
  const unusable = await deviceError();
  if (unusable !== undefined) throw unusable;
  return openSync('/dev/fuse', 'r+');
}

/**
 * Keeps Linux from forgetting a node: what inotify(7) watches stays known, and yet the filesystem can be unmounted. Where no watch is to be had
 * (fs.inotify.max_user_watches) it does without, and the node is looked up again when it was forgotten; only when that cannot be done any more,
 * since somebody has detached the mount while files are open, the thread goes on until one of them is used or closed.
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
 * The transport over /dev/fuse itself, without native code: mount(8) makes the mount, and a thread of its own reads requests and answers them
 * in a plain loop, so that a request costs two system calls and no hand-over between threads. It knows who calls, takes interrupts,
 * and lets reads wait. All that is asked of the filesystem comes one at a time.
 */
export const devFuseTransport: Transport = {
  name: 'dev-fuse',

  async mount(source: ServiceSource, { mountPoint: place, allowOther, onNews, onTrouble }: TransportOptions): Promise<Mounted> {
    const wakeName = `.${randomUUID()}`;
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
      // A thread that ends by itself has found the mount gone; one that fails leaves it behind, without a server.
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
          // The thread has to be woken afterwards, when there is no way to the node by name.
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
