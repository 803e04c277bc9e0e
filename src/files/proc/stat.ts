import { CPUS } from '../../kernel/cpus.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { USER_HZ } from '../../kernel/sysctl/scales.ts';

/** Tasks of the recorded machine: those it had, and those it had started since boot. */
const THREADS = 65;
const FORKED = 134;
/** The interrupts that the recorded machine counted one by one. No device of this machine raises any. */
const INTERRUPTS = 440;
/** NR_SOFTIRQS (include/linux/interrupt.h). */
const SOFTIRQS = 10;

const zeros = (count: number): string => ' 0'.repeat(count);

/**
 * /proc/stat: CPUs that are never busy, and the boot time, which agrees with uptime and the time that programs see. Mirrors show_stat()
 * (fs/proc/stat.c).
 */
export function stat(kernel: Kernel): string {
  const idle = Math.floor(kernel.uptime() / (1e6 / Number(USER_HZ)));
  const cpu = (name: string, ticks: number): string => `${name} 0 0 0 ${ticks}${zeros(6)}\n`;
  return cpu('cpu ', idle * CPUS) + Array.from({ length: CPUS }, (_, number) => cpu(`cpu${number}`, idle)).join('')
    + `intr 0${zeros(INTERRUPTS)}\nctxt 0\nbtime ${kernel.bootTime}\nprocesses ${FORKED}\nprocs_running 1\nprocs_blocked 0\nsoftirq 0${zeros(SOFTIRQS)}\n`;
}

/** /proc/loadavg: the one task that runs is the reader, which is also the last that was started. Mirrors loadavg_proc_show() (fs/proc/loadavg.c). */
export function loadavg(kernel: Kernel): string {
  return `0.00 0.00 0.00 1/${THREADS} ${kernel.caller.pid}\n`;
}
