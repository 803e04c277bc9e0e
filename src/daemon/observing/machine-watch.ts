import type { MachineStatus } from '../../control/status.ts';
import { type MountInfo, readMounts, topMountAt } from '../../fuse/mount-info.ts';
import { type ObservedMachine, observe } from './observe.ts';

/** Whether a process exists, as far as this one can see. */
function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

interface Observed extends Pick<ObservedMachine, 'mountPoint'> {
  readonly status: Pick<MachineStatus, 'pid'>;
}

interface World {
  readonly readMounts: () => Promise<readonly MountInfo[]>;
  readonly isThere: (pid: number) => boolean;
  /** As observe() of observe.ts. */
  readonly observe: (mountPoint: string) => Promise<Observed>;
}

/** Watches a machine that another process serves. */
export class MachineWatch {
  readonly #mount: MountInfo | undefined;
  readonly #world: World;
  /** The pid of the daemon, as long as it is known: the daemon may be in another pid namespace. */
  #pid: number | undefined;

  private constructor(mount: MountInfo | undefined, pid: number | undefined, world: World) {
    this.#mount = mount;
    this.#world = world;
    this.#pid = pid !== undefined && world.isThere(pid) ? pid : undefined;
  }

  static async start({ mountPoint, status }: Observed, world: World = { readMounts, isThere, observe }): Promise<MachineWatch> {
    return new MachineWatch(topMountAt(await world.readMounts(), mountPoint), status.pid ?? undefined, world);
  }

  /** Whether the machine was unmounted. @throws ObservingError if its daemon has ended and left the mount behind */
  async unmounted(): Promise<boolean> {
    // Before the mounts are read: a daemon that stops unmounts first, and ends then.
    const ended = this.#pid !== undefined && !this.#world.isThere(this.#pid);
    const mount = this.#mount;
    if (mount === undefined || !(await this.#has(mount, ended))) return true;
    if (!ended) return false;
    try {
      const { status } = await this.#world.observe(mount.mountPoint);
      // Another daemon has mounted there, and got the same numbers.
      if (status.pid !== this.#pid) return true;
    } catch (error) {
      if (!(await this.#has(mount, ended))) return true;
      throw error;
    }
    this.#pid = undefined;
    return false;
  }

  /**
   * Whether the mount table has the mount. Linux may give the next mount, anywhere, its id and its device number, as soon as it is gone. A mount
   * that was moved keeps them, and its daemon runs.
   */
  async #has(mount: MountInfo, ended: boolean): Promise<boolean> {
    const mayBeMoved = this.#pid !== undefined && !ended;
    return (await this.#world.readMounts())
      .some(({ id, device, mountPoint }) => id === mount.id && device === mount.device && (mountPoint === mount.mountPoint || mayBeMoved));
  }
}
