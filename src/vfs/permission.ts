import { ALL_CAPABILITIES, type Caller, type Capability, holds } from '../abi/caller.ts';
import { ERRNO } from '../abi/errno.ts';

/** What access is asked for, as bits. Source: MAY_READ and its like of include/linux/fs.h. */
export const MAY = { exec: 1, write: 2, read: 4 } as const;

/** What open(2) with an access mode asks for, by the mode: read only, write only, both. */
const OF_OPEN = [MAY.read, MAY.write, MAY.read | MAY.write] as const;

/** What an open(2) with these flags asks for. */
export function askedByOpen(flags: number): number {
  return OF_OPEN[flags & 3] ?? MAY.read | MAY.write;
}

/** Whether a caller has a capability; where its set is not known, root has each and others have none. */
function capable({ uid, capabilities = uid === 0 ? ALL_CAPABILITIES : 0n }: Caller, capability: Capability): boolean {
  return holds(capabilities, capability);
}

/**
 * Whether a caller may do what `asked` says to a node of root's with these permission bits: 0 or -EACCES. Of the groups only the one that
 * the caller acts as counts. Mirrors generic_permission() (fs/namei.c).
 */
export function genericPermission(caller: Caller, mode: number, kind: 'file' | 'directory', asked: number): number {
  const { uid, gid } = caller;
  const bits = uid === 0 ? mode >> 6 : gid === 0 ? mode >> 3 : mode;
  if ((asked & ~bits & 7) === 0) return 0;
  const readsOnly = (asked & MAY.write) === 0 && (kind === 'directory' || (asked & MAY.exec) === 0);
  if (readsOnly && capable(caller, 'DAC_READ_SEARCH')) return 0;
  const runnable = kind === 'directory' || (asked & MAY.exec) === 0 || (mode & 0o111) !== 0;
  return runnable && capable(caller, 'DAC_OVERRIDE') ? 0 : -ERRNO.EACCES;
}

/** Whether a caller may set times to any value, as the owner may: inode_owner_or_capable() (fs/inode.c). */
export function ownerOrCapable(caller: Caller): boolean {
  return caller.uid === 0 || capable(caller, 'FOWNER');
}
