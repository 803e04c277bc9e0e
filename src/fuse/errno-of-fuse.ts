import { ERRNO } from '../abi/errno.ts';

/** Errnos from here on are for the kernel itself (ERESTARTSYS): Linux refuses an answer that has one. Source: fuse_dev_do_write(). */
const FIRST_INTERNAL = 512;

/** A result as it can be answered over FUSE: what a program would see as errno 524 (ENOTSUPP), it sees as EOPNOTSUPP. */
export function resultOverFuse(result: number): number {
  return result <= -FIRST_INTERNAL ? -ERRNO.EOPNOTSUPP : result;
}
