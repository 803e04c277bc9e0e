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

  static async start({ mountPoint, status }: Observed, world: World = { readMounts, isThere }): Promise<MachineWatch> {
    return new MachineWatch(topMountAt(await world.readMounts(), mountPoint), status.pid ?? undefined, world);
  }

  /** Whether the machine was unmounted. @throws ObservingError if its daemon has ended and left the mount behind */
  async unmounted(): Promise<boolean> {
    const mount = this.#mount;
    // Before the mounts are read: a daemon that stops unmounts first, and ends then.
    const ended = this.#pid !== undefined && !this.#world.isThere(this.#pid);
    if (mount === undefined || !(await this.#world.readMounts()).some(({ id, device }) => id === mount.id && device === mount.device)) return true;
    if (!ended) return false;
    await observe(mount.mountPoint);
    this.#pid = undefined;
    return false;
  }
}
