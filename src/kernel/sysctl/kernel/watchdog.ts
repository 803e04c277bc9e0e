import { ERRNO } from '../../../abi/errno.ts';
import { integersOf } from '../after-write.ts';
import { CPUS } from '../../cpus.ts';
import { latin1Bytes, type ProcHandler, type SysctlHost } from '../ctl-table.ts';
import { procDoLargeBitmap, rangesOf, rangesText } from '../proc-do-large-bitmap.ts';
import { procDointvecMinmax } from '../proc-dointvec.ts';
import { stringOf } from '../proc-dostring.ts';

/**
 * Whether soft lockups are detected: both files show it. Mirrors lockup_detector_update_enable() on a machine without counters for NMIs.
 */
function softlockupEnabled(host: SysctlHost): boolean {
  return ['kernel.watchdog', 'kernel.soft_watchdog'].every((name) => integersOf(host, name)[0] !== 0n);
}

/**
 * /proc/sys/kernel/watchdog and soft_watchdog: each stores its written value, and shows whether the watchdog runs. So if one stops it, both
 * show that. Mirrors proc_watchdog_common() (kernel/watchdog.c).
 */
export const procWatchdog: ProcHandler = {
  ...procDointvecMinmax,
  read: (host, _entry, position, length) => latin1Bytes(position === 0 ? `${softlockupEnabled(host) ? 1 : 0}\n`.slice(0, length) : ''),
};

/**
 * /proc/sys/kernel/nmi_watchdog: like most virtual machines, this one has no counters that cause NMIs. Mirrors proc_nmi_watchdog().
 */
export const procNmiWatchdog: ProcHandler = {
  ...procDointvecMinmax,
  write: () => -ERRNO.ENOTSUPP,
  takes: () => 'nothing: the machine has no NMI watchdog',
};

/** CPUs of one word of a mask. The kernel clears impossible CPUs in the words that it uses, and leaves the others. */
const WORD_BITS = 64;

/** /proc/sys/kernel/watchdog_cpumask. Mirrors proc_watchdog_cpumask() and proc_watchdog_update(). */
export const procWatchdogCpumask: ProcHandler = {
  ...procDoLargeBitmap,
  write(host, entry, position, data) {
    const answer = procDoLargeBitmap.write(host, entry, position, data);
    if (answer < 0) return answer;
    const possible = rangesOf(stringOf(host, entry.name)).flatMap(([first, last]): [number, number][] => [
      [first, Math.min(last, CPUS - 1)], [Math.max(first, WORD_BITS), last],
    ]);
    host.values.set(entry.name, rangesText(possible.filter(([first, last]) => first <= last)));
    return answer;
  },
  takes: () => `numbers of CPUs, from 0 to ${CPUS - 1}, and ranges of them`,
};
