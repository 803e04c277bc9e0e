import { ERRNO } from '../../abi/errno.ts';
import type { CtlTable, SysctlHost } from './ctl-table.ts';
import { capable } from './permissions.ts';

/** KMALLOC_MAX_SIZE: the kernel copies a whole read or write into one buffer, which must be smaller. */
const KMALLOC_MAX_SIZE = 4 * 1024 * 1024;

/**
 * read(2) on a sysctl: the bytes for one read of at most `length` at `position`, none at the end, or a negative errno (-ENOMEM for 4 MiB
 * and more, as with `dd bs=4M`). vfs/ checks whether the caller may read. Mirrors proc_sys_call_handler() (fs/proc/proc_sysctl.c).
 */
export function sysctlRead(host: SysctlHost, entry: CtlTable, position: number, length: number): Uint8Array | number {
  if (length >= KMALLOC_MAX_SIZE) return -ERRNO.ENOMEM;
  const refused = entry.capability === undefined ? 0 : capable(host.caller, entry.capability, 'read');
  return refused < 0 ? refused : entry.handler.read(host, entry, position, length);
}

/**
 * write(2) on a sysctl: the bytes consumed, or a negative errno. They are fewer than given if more numbers follow than the file takes (2
 * for `1 2` on a file of one number). Mirrors proc_sys_call_handler() (fs/proc/proc_sysctl.c).
 */
export function sysctlWrite(host: SysctlHost, entry: CtlTable, position: number, data: Uint8Array): number {
  if (data.length >= KMALLOC_MAX_SIZE) return -ERRNO.ENOMEM;
  const refused = capable(host.caller, entry.capability, 'write');
  return refused < 0 ? refused : entry.handler.write(host, entry, position, data);
}
