// How a machine dies: the lines of a panic, of an oops and of a stack dump. The folder imports abi/ and kernel.ts. Start at panic()
// below; dump-stack.ts prints where the panic came from, call-traces.ts holds the shape of the recorded traces.
import { LOG_LEVEL } from '../../abi/log-level.ts';
import { hex } from '../../abi/printable.ts';
import { taintMask } from '../../abi/taint.ts';
import { type Kernel, Panicked } from '../kernel.ts';
import type { PanicOrigin } from './call-traces.ts';
import { dumpStack, dumpStackPrintInfo } from './dump-stack.ts';

/** KASLR puts the kernel at a multiple of 2 MiB in the upper gigabyte. */
const KASLR_STEP = 0x200000;
const KASLR_STEPS = 0x1f0;

/**
 * Stops the machine: prints why and from where, and leaves it dead. It reboots in `kernel.panic` seconds; never if that is 0, at once if
 * it is negative. Does not return: it throws {@link Panicked}, which only Kernel.enter() catches. A kernel that has already died once
 * (tainted DIE) dumps no stack a second time: it has no `origin` after an oops. Mirrors vpanic() (kernel/panic.c).
 */
export function panic(kernel: Kernel, text: string, origin?: PanicOrigin): never {
  kernel.printk(LOG_LEVEL.emerg, `Kernel panic - not syncing: ${text}`);
  const taint = BigInt(kernel.int('kernel.tainted'));
  if (origin && (taint & taintMask('DIE')) === 0n) dumpStack(kernel, taint, origin);
  const offset = (1 + kernel.random.integer(KASLR_STEPS)) * KASLR_STEP;
  kernel.printk(
    LOG_LEVEL.emerg,
    `Kernel Offset: ${hex(offset)} from 0xffffffff81000000 (relocation range: 0xffffffff80000000-0xffffffffbfffffff)`,
  );
  const timeout = kernel.int('kernel.panic');
  if (timeout > 0) kernel.printk(LOG_LEVEL.emerg, `Rebooting in ${timeout} seconds..`);
  if (timeout === 0) kernel.printk(LOG_LEVEL.emerg, `---[ end Kernel panic - not syncing: ${text} ]---`);
  kernel.emit({ kind: 'panic', text });
  kernel.death = timeout === 0 ? { text } : { text, rebootAt: kernel.now() + Math.max(0, timeout) * 1_000_000 };
  throw new Panicked(text);
}

/**
 * The kernel reads poisoned memory of its own: the later crash, at some other place, if the kernel did not panic at the time of the
 * error. The lines are those of the cover letter of the series (an arm64 machine, d_lookup() on a dentry slab); mirrors die()
 * (arch/arm64/kernel/traps.c). kernel.panic_on_oops does not matter: on x86 a machine check in the kernel is always fatal.
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

/** Crashes the machine on request. Mirrors sysrq_handle_crash() (drivers/tty/sysrq.c); `text` replaces its text. */
export function sysrqCrash(kernel: Kernel, text = 'sysrq triggered crash'): never {
  return panic(kernel, text, { cause: 'sysrq', entry: 'sysrq' });
}
