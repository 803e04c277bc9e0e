import { LOG_LEVEL } from '../../abi/log-level.ts';
import type { CtlTable, SysctlHost } from './ctl-table.ts';

const WRITES_STRICT = 'kernel.sysctl_writes_strict';
const STRICT = 1n;
const WARN = 0n;
/** The `static bool` of pr_warn_once(): one for all files. */
const WARNED = `${WRITES_STRICT}#warned`;

/** kernel.sysctl_writes_strict; the default of the kernel if a machine has no such file. */
function writesMode(host: SysctlHost): bigint {
  const value = host.values.get(WRITES_STRICT);
  return typeof value === 'object' ? (value[0] ?? STRICT) : STRICT;
}

/** Whether string writes go to the position (1) instead of the beginning (0 and -1). */
export function writesAreStrict(host: SysctlHost): boolean {
  return writesMode(host) === STRICT;
}

/**
 * Whether a numeric write at this position succeeds without effect: at any but 0 if kernel.sysctl_writes_strict is 1. If it is 0, such a
 * write counts, and the first since boot prints a warning. Mirrors proc_first_pos_non_zero_ignore() (kernel/sysctl.c).
 */
export function procFirstPosNonZeroIgnore(host: SysctlHost, entry: CtlTable, position: number): boolean {
  if (position === 0) return false;
  if (writesAreStrict(host)) return true;
  if (writesMode(host) === WARN && !host.values.has(WARNED)) {
    host.values.set(WARNED, [1n]);
    host.printk(LOG_LEVEL.warn, [
      `${host.caller.comm} wrote to ${entry.procname} when file position was not 0!`,
      'This will not be supported in the future. To silence this',
      `warning, set ${WRITES_STRICT} = -1`,
    ].join('\n'));
  }
  return false;
}
