import { statfs } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { isFuseDescriptor } from './fuse-descriptors.ts';
import { lazyUnmount } from './lazy-unmount.ts';
import { type MountInfo, MountTable, topMountAt } from './mount-info.ts';
import { type Gone, TransportError } from './transport.ts';

/**
 * How often the mount table is looked at, in milliseconds. Neither libfuse nor fuse-native tells when a mount ends, and Node
 * cannot poll(2) mountinfo for changes; reading it takes some 50 microseconds.
 */
const INTERVAL = 1000;

/** What a mount whose connection was aborted, or whose server is dead, answers. */
const ABORTED: readonly (string | undefined)[] = ['ENOTCONN', 'ECONNABORTED'];

/**
 * Whether the mount at a place has nobody who could answer. Asked from a thread of Node's pool, it is answered by this process as by any
 * other.
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
  /** Receives why a look failed, once until a look succeeds, and then undefined. The watch goes on in either case. */
  readonly onTrouble?: ((error: unknown) => void) | undefined;
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

  /** Watches the mount that stands on top at a canonical path now. `table` is closed when the watch ends. */
  static async start(mountPoint: string, options: MountWatchOptions = {}, table?: Pick<MountTable, 'read' | 'close'>): Promise<MountWatch> {
    const opened = table ?? await MountTable.open();
    const mount = topMountAt(await opened.read(), mountPoint);
    if (mount !== undefined) return new MountWatch(mount, opened, options);
    await opened.close();
    throw new TransportError(`the mount on ${mountPoint} was gone as soon as it was made`);
  }

  /** As look(), for callers that cannot wait: what fails is reported to `onTrouble`. */
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

  /** Looks into the mount table, which is this process's own and asks no filesystem anything; `gone` settles if the mount is not in it. */
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
    // It waits for reads that are under way. What close(2) answers is of no use.
    this.#table.close().catch(() => undefined);
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
