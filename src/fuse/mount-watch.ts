import { statfs } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { isFuseDescriptor } from './fuse-descriptors.ts';
import { lazyUnmount } from './lazy-unmount.ts';
import { readMounts, topMountAt } from './mount-info.ts';
import type { MountInfo } from './mount-info.ts';
import { type Gone, TransportError } from './transport.ts';

/**
 * How often the mount table is looked at, in milliseconds. Neither libfuse nor fuse-native tells when a mount ends, and Node
 * cannot poll(2) mountinfo for changes; reading it takes some 50 microseconds.
 */
const INTERVAL = 1000;

/** What a mount whose connection was aborted, or whose server is dead, answers. */
const ABORTED: readonly (string | undefined)[] = ['ENOTCONN', 'ECONNABORTED'];

/** Whether the mount at a place has nobody who could answer. Asked from a thread of Node's pool, it is answered by this process as by any other. */
async function isAborted(mountPoint: string): Promise<boolean> {
  try {
    await statfs(mountPoint);
    return false;
  } catch (error) {
    return ABORTED.includes((error as NodeJS.ErrnoException).code);
  }
}

/**
 * Keeps an eye on one mount of this process's making, and ends it.
 *
 * The mount has gone when the mount table no longer has it, or when libfuse has closed its descriptor on /dev/fuse. The table alone does
 * not do: Linux gives the next mount, the next daemon's on the same place perhaps, the id and the device number this one had. Nor does
 * the descriptor: it stays open while files do, after a lazy unmount; but so long the numbers are not given to another.
 */
export class MountWatch {
  /** Settles when the mount table no longer has the mount, whoever took it out. */
  readonly gone: Promise<Gone>;
  readonly #mount: MountInfo;
  readonly #descriptor: string | undefined;
  readonly #isSuspicious: () => boolean;
  readonly #timer: NodeJS.Timeout;
  #ended = false;
  #settle!: (gone: Gone) => void;

  private constructor(mount: MountInfo, descriptor: string | undefined, isSuspicious: () => boolean) {
    this.#mount = mount;
    this.#descriptor = descriptor;
    this.#isSuspicious = isSuspicious;
    this.gone = new Promise((resolve) => { this.#settle = resolve; });
    this.#timer = setInterval(() => { void this.look(); }, INTERVAL).unref();
  }

  /**
   * Watches the mount that stands on top at a canonical path now.
   * @param descriptor that of its connection, if known
   * @param isSuspicious whether the descriptor may be open although the connection was aborted
   */
  static async start(mountPoint: string, descriptor: string | undefined, isSuspicious = (): boolean => false): Promise<MountWatch> {
    const mount = topMountAt(await readMounts(), mountPoint);
    if (mount === undefined) throw new TransportError(`the mount on ${mountPoint} was gone as soon as it was made`);
    return new MountWatch(mount, descriptor, isSuspicious);
  }

  #isThis(other: MountInfo | undefined): boolean {
    return other?.id === this.#mount.id && other.device === this.#mount.device;
  }

  /** Looks into the mount table, which is this process's own and asks no filesystem anything; `gone` settles if the mount is not in it. */
  async look(): Promise<readonly MountInfo[]> {
    const mounts = await readMounts();
    const served = this.#descriptor === undefined || await isFuseDescriptor(this.#descriptor);
    const there = mounts.some((mount) => this.#isThis(mount));
    if (there && (!served || this.#isSuspicious()) && await isAborted(this.#mount.mountPoint)) {
      // Nobody is served, nor will be; whoever mounts here next must not find it in the way.
      await lazyUnmount(this.#mount.mountPoint);
      this.#end('aborted');
    } else if (!served || !there) {
      this.#end('unmounted');
    }
    return mounts;
  }

  #end(how: Gone): void {
    if (this.#ended) return;
    this.#ended = true;
    clearInterval(this.#timer);
    this.#settle(how);
  }

  /**
   * Takes the mount out of the mount table, also when files are open. Nothing to do is fine.
   * @throws TransportError when another mount hides it, or the tools fail
   */
  async unmount(): Promise<void> {
    const mounts = await this.look();
    if (this.#ended) return;
    const { mountPoint } = this.#mount;
    const top = topMountAt(mounts, mountPoint);
    if (!this.#isThis(top)) {
      throw new TransportError(`cannot unmount ${mountPoint}: a mount of ${top?.type ?? 'another kind'} stands on top of it`);
    }
    const complaint = await lazyUnmount(mountPoint);
    // Somebody else may have been quicker, so the table decides, not the tool.
    for (let tries = 0; !this.#ended && tries < 20; tries++) {
      if (tries > 0) await delay(50);
      await this.look();
      if (complaint !== undefined) break;
    }
    if (!this.#ended) throw new TransportError(`cannot unmount ${mountPoint}: ${complaint ?? 'it is still in the mount table'}`);
  }
}
