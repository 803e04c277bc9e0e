import type { SysctlHost } from './ctl-table.ts';

/** TAINT_FLAGS_COUNT: higher bits are taken and lost. */
const TAINT_MASK = (1n << 20n) - 1n;

/** What kernel.tainted becomes by a write: taints are only ever added. Mirrors proc_taint() (kernel/panic.c). */
export function settleTaint(_host: SysctlHost, written: bigint, old: bigint): bigint {
  return old | (written & TAINT_MASK);
}
