import type { KpageflagsStyle } from '../../abi/page-flags.ts';
import type { MemoryFailureRules } from '../memory-failure/rules.ts';
import type { KernelMemory } from '../memory/layout.ts';
import type { CallTraces } from '../panic/call-traces.ts';
import type { KernelSysctls } from '../sysctl/kernel-sysctls.ts';
import type { BootCounts } from '../statistics/boot-counts.ts';
import type { SlabCaches } from '../statistics/slab-cache.ts';
import type { TraceEventFormats } from '../trace/event-format.ts';
import type { CperStyle } from '../ras/cper-sections.ts';
import type { ProfileName } from './names.ts';

/** The rows of `action_page_types[]` that kernels disagree on. */
type PanicPageType = 'MF_MSG_KERNEL' | 'MF_MSG_KERNEL_HIGH_ORDER' | 'MF_MSG_UNKNOWN';

/** How the drivers that report hardware errors differ from one kernel to another. */
export interface RasProfile {
  /** `Machine check events logged` is printed at most twice a minute: before 6.15. */
  readonly mceLogLimited: boolean;
  /** EINJ knows the types of version 2, and error_type shows the text that was written: since 6.16. */
  readonly einjV2: boolean;
  /** EINJ refuses an error type of more than 32 bits: since 6.9. Before, it dropped the upper ones. */
  readonly einjChecksWidth: boolean;
  /** EINJ takes addresses in memory that the firmware keeps for itself, besides RAM: since 6.15. */
  readonly einjInReserved: boolean;
  /** GHES asks for no memory_failure() where a page frame has no struct page, and prints a warning: before 7.0. */
  readonly ghesChecksAddress: boolean;
  readonly cper: CperStyle;
}

/** An emulated kernel: everything in which one differs from another. */
export interface Profile extends KernelSysctls, KernelMemory {
  /** As `--profile` names it. */
  readonly name: ProfileName;
  /** What it does, in one line. */
  readonly summary: string;
  /** The rest of the line `Linux version …`. */
  readonly compiler: string;
  /** What follows `#1 ` in the CPU line of a stack dump. */
  readonly preempt: string;
  readonly memoryFailure: MemoryFailureRules;
  /** A page with any of these flags that get_hwpoison_page() cannot take is reported as a page of the kernel (MF_MSG_KERNEL). */
  readonly kernelPages: number;
  /** The errno of get_hwpoison_page() for such a page, which soft-offline returns. */
  readonly kernelPageErrno: number;
  /** The page types that panic if they are Ignored and vm.panic_on_unrecoverable_memory_failure is 1. */
  readonly panicsOn: readonly PanicPageType[];
  /** What /proc/kpageflags shows, and the filter of hwpoison compares. */
  readonly kpageflags: KpageflagsStyle;
  /** A memory block with a poisoned page is not put online: since 6.2. Before, it is, and its pages are as new. */
  readonly poisonKeepsOffline: boolean;
  /** Files of /sys/devices/system that not all kernels have, and the first value of auto_online_blocks. */
  readonly sysfs: {
    readonly failureCounters: boolean;
    /** The errno of a text that node0/reclaim cannot read; false where there is no such file. */
    readonly nodeReclaim: number | false;
    readonly crashHotplug: boolean;
    readonly autoOnlineBlocks: 'online' | 'offline';
  };
  /** Bytes of the longest write to /dev/kmsg, and whether a prefix beyond 64 bits wraps round. */
  readonly devkmsg: { readonly longestWrite: number; readonly prefixWraps: boolean };
  readonly slabCaches: SlabCaches;
  readonly bootCounts: BootCounts;
  readonly callTraces: CallTraces;
  /** What the first lines of a stack dump show besides the kernel: the user id of the task, and the names of what taints the kernel. */
  readonly dumpShows: { readonly uid: boolean; readonly taintNames: boolean };
  /** The ras and mce events of tracefs. */
  readonly traceEvents: TraceEventFormats;
  readonly ras: RasProfile;
}
