import { ALL_CAPABILITIES, type Caller, type Capability, holds } from '../../abi/caller.ts';
import { ERRNO } from '../../abi/errno.ts';
import type { CapabilityCheck, CtlTable, Permissions } from './ctl-table.ts';

const READ = 4;
const WRITE = 2;

/** net_ctl_permissions() (net/sysctl_net.c). */
const NET: Permissions = { of: ['NET_ADMIN'] };
/** set_permissions() (kernel/ucount.c). */
const USER: Permissions = { of: ['SYS_RESOURCE'], rootToo: true };
/** pid_table_root_permissions() (kernel/pid.c). */
export const PID_NAMESPACE: Permissions = { of: ['SYS_ADMIN'] };
/** ipc_permissions() (ipc/ipc_sysctl.c), of ids that only a checkpoint is restored with. */
export const NEXT_ID: Permissions = { of: ['CHECKPOINT_RESTORE', 'SYS_ADMIN'], bits: READ | WRITE };

/** Whole directories whose files are registered with permissions of their own. */
const OF_DIRECTORIES: readonly (readonly [prefix: string, permissions: Permissions])[] = [['net/', NET], ['user/', USER]];

function holdsOneOf({ uid, capabilities }: Caller, wanted: readonly Capability[]): boolean {
  const held = capabilities ?? (uid === 0 ? ALL_CAPABILITIES : 0n);
  return wanted.some((capability) => holds(held, capability));
}

/** The permissions of a file beside its mode; undefined where there are none. */
export function permissionsOf({ path, permissions }: CtlTable): Permissions | undefined {
  return permissions ?? OF_DIRECTORIES.find(([prefix]) => path.startsWith(prefix))?.[1];
}

/**
 * Whether a caller may do what `asked` says to a file, in bits: read 4, write 2, execute 1. 0 or -EACCES. Mirrors sysctl_perm()
 * (fs/proc/proc_sysctl.c), where capabilities that are for files in general do not count. Groups have the bits of others in every file.
 * @param permissions those of the file
 */
export function sysctlPerm(caller: Caller, entry: CtlTable, asked: number, permissions = permissionsOf(entry)): number {
  const owner = (entry.mode >> 6) & 7;
  // What capabilities a task has is the last thing to look at: that takes longer than all else.
  const enough = caller.uid === 0 && permissions?.rootToo !== true ? owner : entry.mode & 7;
  if ((asked & ~enough) === 0 && permissions?.bits === undefined) return 0;
  const bits = permissions && holdsOneOf(caller, permissions.of) ? permissions.bits ?? owner : enough;
  return (asked & ~bits) === 0 ? 0 : -ERRNO.EACCES;
}

/** Whether a handler that asks for capabilities lets a caller read or write: 0 or -EPERM. Mirrors capable() at the top of such handlers. */
export function capable(caller: Caller, check: CapabilityCheck | undefined, access: 'read' | 'write'): number {
  if (check === undefined || (access === 'read' && check.reads !== true)) return 0;
  const enough = check.enough === 'one' ? holdsOneOf(caller, check.of) : check.of.every((each) => holdsOneOf(caller, [each]));
  return enough ? 0 : -ERRNO.EPERM;
}
