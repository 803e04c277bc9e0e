import { ERRNO } from '../../abi/errno.ts';
import { PG } from '../../abi/page-flags.ts';

/** The rows of `action_page_types[]` that the profiles disagree on. */
type PanicPageType = 'MF_MSG_KERNEL' | 'MF_MSG_KERNEL_HIGH_ORDER' | 'MF_MSG_UNKNOWN';

/** What one version of the kernel does otherwise than another. */
export interface Profile {
  readonly name: ProfileName;
  readonly summary: string;
  /** `kernel.osrelease`, `kernel.version` and the rest of the line `Linux version …`. */
  readonly release: string;
  readonly version: string;
  readonly compiler: string;
  /** What follows `#1 ` in the CPU line of a stack dump. */
  readonly preempt: string;
  /** A page with any of these flags that get_hwpoison_page() cannot take is said to be the kernel's own (MF_MSG_KERNEL). */
  readonly kernelPages: number;
  /** What get_hwpoison_page() answers for such a page: what soft-offline shows. */
  readonly kernelPageErrno: number;
  /** The page types whose being Ignored panics when vm.panic_on_unrecoverable_memory_failure is 1. */
  readonly panicsOn: readonly PanicPageType[];
}

/**
 * v4: the series as posted on 2026-04-15 ([PATCH v4 0/3] mm/memory-failure: add panic option for unrecoverable pages).
 * 7.3: what Linux 7.3 merged.
 */
export const PROFILES = {
  v4: {
    name: 'v4',
    summary: 'the patch series v4 as posted: reserved, high-order and unknown pages panic',
    release: '7.3.0-rc7-v4',
    version: '#1 SMP PREEMPT_LAZY',
    compiler: '(x86_64-linux-gnu-gcc-16 (Debian 16.2.0-3) 16.2.0, GNU ld (GNU Binutils for Debian) 2.47)',
    preempt: 'PREEMPTLAZY  ',
    kernelPages: PG.reserved,
    kernelPageErrno: ERRNO.EIO,
    panicsOn: ['MF_MSG_KERNEL', 'MF_MSG_KERNEL_HIGH_ORDER', 'MF_MSG_UNKNOWN'],
  },
  '7.3': {
    name: '7.3',
    summary: 'as merged in Linux 7.3: reserved, slab, page-table and large-kmalloc pages panic',
    release: '7.3-amd64',
    version: '#1 SMP PREEMPT_DYNAMIC Debian 7.3~rc7-1~exp1 (2026-10-16)',
    compiler:
      '(debian-kernel@lists.debian.org) (x86_64-linux-gnu-gcc-16 (Debian 16.2.0-3) 16.2.0, GNU ld (GNU Binutils for Debian) 2.47)',
    preempt: 'PREEMPT(lazy)  Debian 7.3~rc7-1~exp1 ',
    kernelPages: PG.reserved | PG.slab | PG.pgtable | PG.largeKmalloc,
    kernelPageErrno: ERRNO.ENOTRECOVERABLE,
    panicsOn: ['MF_MSG_KERNEL'],
  },
} as const satisfies Record<string, Profile | { name: string }>;

export type ProfileName = 'v4' | '7.3';
