import { statfs } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { isFuseDescriptor } from './fuse-descriptors.ts';
import { lazyUnmount } from './lazy-unmount.ts';
import { type MountInfo, MountTable, topMountAt } from './mount-info.ts';
import { type Gone, TransportError } from './transport.ts';

/**
 * How often to read the mount table, in milliseconds. Neither libfuse nor fuse-native reports that a mount ended, and Node cannot
 * poll(2) mountinfo for changes. Reading it takes about 50 microseconds.
 */
const INTERVAL = 1000;

/** The errors from a mount whose connection was aborted, or whose server is dead. */
const ABORTED: readonly (string | undefined)[] = ['ENOTCONN', 'ECONNABORTED'];

/**
 * Whether a mount has no server. The question comes from a thread of Node's pool, so this process can answer it itself.
 */
async function isAborted(mountPoint: string): Promise<boolean> {
  try {
    await statfs(mountPoint);
    return false;
  } catch (error) {
    return ABORTED.includes((error as NodeJS.ErrnoException).code);
  }
}

export interface MountWatchOptions {
  /** The descriptor of the mount's connection, if known. */
  readonly descriptor?: string | undefined;
  /** Whether the descriptor may be open although the connection was aborted. */
  readonly isSuspicious?: () => boolean;
  /** Receives the reason if the mount table cannot be read, once; then undefined when it can be read again. The watch goes on. */
  readonly onTrouble?: ((error: unknown) => void) | undefined;
}

/**
 * Watches one mount of this process, and unmounts it.
 *
 * The mount has ended when it is no longer in the mount table, or when libfuse has closed its descriptor on /dev/fuse. Both checks are
 * needed. Linux may give the next mount, even one at the same place, the id and the device number of this one. And after a lazy unmount
 * the descriptor stays open while files are open; but until then Linux does not reuse the numbers.
 */
export class MountWatch {
  /** Settles when the mount is no longer in the mount table, no matter who unmounted it. */
  readonly gone: Promise<Gone>;
  readonly #mount: MountInfo;
  readonly #table: Pick<MountTable, 'read' | 'close'>;
  readonly #options: MountWatchOptions;
  readonly #timer: NodeJS.Timeout;
  #ended = false;
  #troubled = false;
  #settle!: (gone: Gone) => void;

  private constructor(mount: MountInfo, table: Pick<MountTable, 'read' | 'close'>, options: MountWatchOptions) {
    this.#mount = mount;
    this.#table = table;
    this.#options = options;
    this.gone = new Promise((resolve) => { this.#settle = resolve; });
    this.#timer = setInterval(() => { this.check(); }, INTERVAL).unref();
  }

  /** Watches the mount that is now the topmost at a canonical path. Closes `table` when the watch ends. */
  static async start(mountPoint: string, options: MountWatchOptions = {}, table?: Pick<MountTable, 'read' | 'close'>): Promise<MountWatch> {
    const opened = table ?? await MountTable.open();
    const mount = topMountAt(await opened.read(), mountPoint);
    if (mount !== undefined) return new MountWatch(mount, opened, options);
    await opened.close();
    throw new TransportError(`the mount on ${mountPoint} was gone as soon as it was made`);
  }

  /** As look(), for callers that cannot wait: `onTrouble` gets the reason of a failure. */
  check(): void {
    this.look().then(() => { this.#trouble(undefined); }, (error: unknown) => { this.#trouble(error); });
  }

  /** Whether the mount has been seen gone. A look that waits may find that another has seen it. */
  get #isOver(): boolean {
    return this.#ended;
  }

  #trouble(error: unknown): void {
    if (this.#ended || this.#troubled === (error !== undefined)) return;
    this.#troubled = error !== undefined;
    this.#options.onTrouble?.(error);
  }

  #isThis(other: MountInfo | undefined): boolean {
    return other?.id === this.#mount.id && other.device === this.#mount.device;
  }

  /** Reads the mount table, which asks no filesystem. `gone` settles if the mount is not in it. */
  async look(): Promise<readonly MountInfo[]> {
    if (this.#ended) return [];
    const { descriptor, isSuspicious } = this.#options;
    const mounts = await this.#table.read().catch((error: unknown) => {
      // Another look has seen the mount gone meanwhile, and has closed the table.
      if (this.#isOver) return undefined;
      throw error;
    });
    const served = descriptor === undefined || await isFuseDescriptor(descriptor);
    // What has the place by now may be another's.
    if (mounts === undefined || this.#isOver) return [];
    const there = mounts.some((mount) => this.#isThis(mount));
    if (there && (!served || isSuspicious?.() === true) && await isAborted(this.#mount.mountPoint)) {
      // It serves nobody any more, and must not be in the way of the next mount here.
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
    // It waits for reads in progress. The result of close(2) does not matter.
    this.#table.close().catch(() => undefined);
    this.#settle(how);
  }

  /**
   * Unmounts, even if files are open. It is not an error if the mount has already ended.
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
    // Another process may have been faster, so the table decides, not the tool.
    for (let tries = 0; !this.#ended && tries < 20; tries++) {
      if (tries > 0) await delay(50);
      await this.look();
      if (complaint !== undefined) break;
    }
    if (!this.#ended) throw new TransportError(`cannot unmount ${mountPoint}: ${complaint ?? 'it is still in the mount table'}`);
  }
}
