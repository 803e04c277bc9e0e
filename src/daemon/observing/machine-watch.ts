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

/** Watches a machine that another process serves. */
export class MachineWatch {
  readonly #mount: MountInfo | undefined;
  /** The pid of the daemon, as long as it is known: the daemon may be in another pid namespace. */
  #pid: number | undefined;

  private constructor(mount: MountInfo | undefined, pid: number | undefined) {
    this.#mount = mount;
    this.#pid = pid !== undefined && isThere(pid) ? pid : undefined;
  }

  static async start({ mountPoint, status }: ObservedMachine): Promise<MachineWatch> {
    return new MachineWatch(topMountAt(await readMounts(), mountPoint), status.pid ?? undefined);
  }

  /** Whether the machine was unmounted. @throws ObservingError if its daemon has ended and left the mount behind */
  async unmounted(): Promise<boolean> {
    const mount = this.#mount;
    if (mount === undefined || !(await readMounts()).some(({ id, device }) => id === mount.id && device === mount.device)) return true;
    if (this.#pid === undefined || isThere(this.#pid)) return false;
    await observe(mount.mountPoint);
    this.#pid = undefined;
    return false;
  }
}
