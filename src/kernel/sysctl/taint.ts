// Apart from its table: tables hold rows alone.
import type { SysctlHost } from './ctl-table.ts';

/** TAINT_FLAGS_COUNT: higher bits are accepted and dropped. */
const TAINT_MASK = (1n << 20n) - 1n;

/** The value of kernel.tainted after a write: a write only adds taints. Mirrors proc_taint() (kernel/panic.c). */
export function settleTaint(_host: SysctlHost, written: bigint, old: bigint): bigint {
  return old | (written & TAINT_MASK);
}
