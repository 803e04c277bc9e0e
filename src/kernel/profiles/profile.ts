import type { CallTraces } from '../panic/call-traces.ts';
import type { KernelSysctls } from '../sysctl/kernel-sysctls.ts';
import type { ProfileName } from './names.ts';

/** The rows of `action_page_types[]` that kernels disagree on. */
type PanicPageType = 'MF_MSG_KERNEL' | 'MF_MSG_KERNEL_HIGH_ORDER' | 'MF_MSG_UNKNOWN';

/** An emulated kernel: everything in which one differs from another. */
export interface Profile extends KernelSysctls {
  /** As `--profile` names it. */
  readonly name: ProfileName;
  /** Where it comes from, in few words, and what it does in one line. */
  readonly origin: string;
  readonly summary: string;
  /** The rest of the line `Linux version …`. */
  readonly compiler: string;
  /** What follows `#1 ` in the CPU line of a stack dump. */
  readonly preempt: string;
  /** A page with any of these flags that get_hwpoison_page() cannot take is reported as a page of the kernel (MF_MSG_KERNEL). */
  readonly kernelPages: number;
  /** The errno of get_hwpoison_page() for such a page, which soft-offline returns. */
  readonly kernelPageErrno: number;
  /** The page types that panic if they are Ignored and vm.panic_on_unrecoverable_memory_failure is 1. */
  readonly panicsOn: readonly PanicPageType[];
  readonly callTraces: CallTraces;
}
