import type { CtlTable } from '../ctl-table.ts';
import { KERNEL_SYSCTLS } from './kernel.ts';
import { NET_SYSCTLS } from './net.ts';
import { VM_SYSCTLS } from './vm.ts';

/** Every file below /proc/sys that a machine has whatever its interfaces and modules are, directory by directory. */
export const SYSCTLS: readonly CtlTable[] = [...VM_SYSCTLS, ...KERNEL_SYSCTLS, ...NET_SYSCTLS];
