import { ERRNO } from '../abi/errno.ts';
import type { LogReserve } from './log/reserve.ts';

/** There is no space: what the reserve is for. */
export const NO_SPACE: readonly number[] = [-ERRNO.ENOSPC, -ERRNO.EDQUOT];

/** What says that no file can be made beside the log, and never will be; anything else may pass. */
const NEVER: readonly number[] = [-ERRNO.EACCES, -ERRNO.EPERM, -ERRNO.EROFS, -ERRNO.ENOSYS, -ERRNO.EOPNOTSUPP, -ERRNO.ENOENT];

/** The reserve of a log that may come to lie on another filesystem, or on one where none can be kept. */
export class KeptRoom {
  readonly #open: () => LogReserve | number;
  readonly #tell: (news: string, errno: number) => void;
  #reserve: LogReserve | undefined;
  /** A filesystem on which there is none for this log. */
  #without: number | undefined;

  constructor(open: () => LogReserve | number, tell: (news: string, errno: number) => void) {
    this.#open = open;
    this.#tell = tell;
  }

  /** Keeps so many bytes on the filesystem the log is on, where that can be, and is to be: 0, or the negative errno for which they are fewer. */
  keep(device: number | undefined, bytes: number): number {
    if (device === undefined || device === this.#without) return 0;
    if (this.#reserve?.device === device) return this.#reserve.fill(bytes);
    this.close();
    const reserve = this.#open();
    if (typeof reserve === 'number') return NEVER.includes(reserve) ? this.#doWithout(device, reserve) : reserve;
    if (reserve.device !== device) {
      // A file that is mounted by itself.
      reserve.close();
      return this.#doWithout(device, -ERRNO.EXDEV);
    }
    this.#reserve = reserve;
    return reserve.fill(bytes);
  }

  giveBack(): boolean {
    return this.#reserve?.giveBack() === true;
  }

  close(): void {
    this.#reserve?.close();
    this.#reserve = undefined;
  }

  #doWithout(device: number, errno: number): number {
    this.#without = device;
    this.#tell('no room can be kept for the log beside it: when its filesystem is full, the first write that fails has been done', errno);
    return 0;
  }
}
