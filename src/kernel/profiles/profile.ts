import type { CallTraces } from '../panic/call-traces.ts';
import type { KernelSysctls } from '../sysctl/machine-sysctls.ts';
import type { TraceEventFormats } from '../trace/event-format.ts';
import type { ProfileName } from './names.ts';

/** The rows of `action_page_types[]` that kernels disagree on. */
type PanicPageType = 'MF_MSG_KERNEL' | 'MF_MSG_KERNEL_HIGH_ORDER' | 'MF_MSG_UNKNOWN';

/** How the drivers that report hardware errors differ from one kernel to another. */
export interface RasProfile {
  /** `Machine check events logged` is printed at most twice a minute: before 6.15. */
  readonly mceLogLimited: boolean;
  /** EINJ knows the types of version 2, and error_type shows the text that was written: since 6.16. */
  readonly einjV2: boolean;
  /** EINJ takes addresses in memory that the firmware keeps for itself, besides RAM: since 6.15. */
  readonly einjInReserved: boolean;
}

/** An emulated kernel: everything in which one differs from another. */
export interface Profile extends KernelSysctls {
  /** As `--profile` names it. */
  readonly name: ProfileName;
  /** One line for `--help` and `status`. */
  readonly summary: string;
  /** `kernel.osrelease`, `kernel.version` and the rest of the line `Linux version …`. */
  readonly release: string;
  readonly version: string;
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
  /** The ras and mce events of tracefs. */
  readonly traceEvents: TraceEventFormats;
  readonly ras: RasProfile;
}
