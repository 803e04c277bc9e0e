// Apart from the profiles: replay needs these alone, and loading all profiles takes longer than reading a small log.
import type { ActionPageType } from '../memory-failure/action-page-types.ts';

/** The page types that panic if they are Ignored and vm.panic_on_unrecoverable_memory_failure is 1, on the kernels that have the sysctl. */
export const PANICS_ON = {
  v4: ['MF_MSG_KERNEL', 'MF_MSG_KERNEL_HIGH_ORDER', 'MF_MSG_UNKNOWN'],
  '7.3': ['MF_MSG_KERNEL'],
} as const satisfies Record<string, readonly ActionPageType[]>;

/** The release of the kernel with the series v4, as `uname -r` prints it. */
export const V4_RELEASE = '7.3.0-rc7-v4';
