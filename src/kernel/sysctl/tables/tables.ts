import type { CtlTable } from '../ctl-table.ts';
import { KERNEL_SYSCTLS } from './kernel.ts';
import { VM_SYSCTLS } from './vm.ts';

/** Every file below /proc/sys, directory by directory. */
export const SYSCTLS: readonly CtlTable[] = [...VM_SYSCTLS, ...KERNEL_SYSCTLS];
