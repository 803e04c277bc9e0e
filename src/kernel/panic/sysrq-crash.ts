import type { Kernel } from '../kernel.ts';
import { panic } from './panic.ts';

/** Crashes the machine on request. Mirrors sysrq_handle_crash() (drivers/tty/sysrq.c); `text` replaces its text. */
export function sysrqCrash(kernel: Kernel, text = 'sysrq triggered crash'): never {
  return panic(kernel, text, { cause: 'sysrq', entry: 'sysrq' });
}
