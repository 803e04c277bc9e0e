import type { Kernel } from '../kernel.ts';
import { panic } from './panic.ts';

/** What a machine does whose crash somebody asked for. Mirrors sysrq_handle_crash() (drivers/tty/sysrq.c), whose text it has unless another is given. */
export function sysrqCrash(kernel: Kernel, text = 'sysrq triggered crash'): never {
  return panic(kernel, text, { cause: 'sysrq', entry: 'sysrq' });
}
