// Apart from its table: tables hold rows alone.
import type { SysctlHost } from './ctl-table.ts';

/** The value of kernel.tainted after a write: a write only adds taints. Bits that the kernel does not know are accepted and dropped. Mirrors proc_taint() (kernel/panic.c). */
export function settleTaint({ profile }: SysctlHost, written: bigint, old: bigint): bigint {
  return old | (written & ((1n << BigInt(profile.taintFlags)) - 1n));
}
