import { LOG_LEVEL } from '../../abi/log-level.ts';
import { taintMask } from '../../abi/taint.ts';
import type { Kernel } from '../kernel.ts';
import { dumpStackPrintInfo } from './dump-stack.ts';
import { panic } from './panic.ts';

/**
 * The kernel reads memory of its own that is poisoned: the crash that comes later, somewhere else, when nothing panicked at the time of the
 * error. The lines are those of the cover letter of the series (an arm64 machine, d_lookup() on a dentry slab); mirrors die()
 * (arch/arm64/kernel/traps.c). It is fatal whatever kernel.panic_on_oops says: a machine check in the kernel is on x86.
 */
export function synchronousExternalAbort(kernel: Kernel): never {
  const taint = BigInt(kernel.int('kernel.tainted'));
  kernel.printk(LOG_LEVEL.emerg, 'Internal error: synchronous external abort: 0000000096000410 [#1] SMP');
  dumpStackPrintInfo(kernel, taint);
  kernel.printk(LOG_LEVEL.warn, 'pc : d_lookup+0x5c/0x220');
  kernel.printk(LOG_LEVEL.warn, '---[ end trace 0000000000000000 ]---');
  kernel.values.set('kernel.tainted', [taint | taintMask('DIE')]);
  panic(kernel, 'synchronous external abort: Fatal exception');
}
