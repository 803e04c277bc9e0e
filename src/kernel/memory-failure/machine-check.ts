import { LOG_LEVEL } from '../../abi/log-level.ts';
import { taintMask } from '../../abi/taint.ts';
import type { Caller } from '../../abi/caller.ts';
import type { Kernel } from '../kernel.ts';
import { ratelimit } from '../ratelimit.ts';
import type { MemoryFailureCall } from './injection.ts';
import { memoryFailure } from './memory-failure.ts';

/** The task that handles deferred machine checks: a worker of the workqueue `events`. */
const KWORKER: Caller = { pid: 59, uid: 0, comm: 'kworker/0:2' };

/**
 * A machine check that found the error before the data was used (memory scrubbing, action optional), as firmware and hardware report it. It
 * taints the kernel. Mirrors mce_notify_irq() and uc_decode_notifier() (arch/x86/kernel/cpu/mce/core.c); the register dump that a machine
 * without rasdaemon or EDAC prints after it is left out.
 */
export function machineCheck(kernel: Kernel, injection: MemoryFailureCall): number {
  const { allowed, suppressed } = ratelimit(kernel.failures.machineCheckRatelimit, kernel.now());
  if (suppressed > 0) kernel.printk(LOG_LEVEL.warn, `mce_notify_irq: ${suppressed} callbacks suppressed`);
  if (allowed) kernel.printk(LOG_LEVEL.info, 'mce: [Hardware Error]: Machine check events logged');
  const taint = BigInt(kernel.int('kernel.tainted'));
  if (taint === 0n) kernel.printk(LOG_LEVEL.warn, 'Disabling lock debugging due to kernel taint');
  kernel.values.set('kernel.tainted', [taint | taintMask('MACHINE_CHECK')]);
  kernel.caller = KWORKER;
  return memoryFailure(kernel, injection);
}
