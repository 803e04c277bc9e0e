import { ERRNO } from '../../abi/errno.ts';
import { PG } from '../../abi/page-flags.ts';
import type { CallTraces } from '../panic/call-traces.ts';
import { LINUX_7_3 } from './linux-7.3.ts';
import { PANICS_ON, V4_RELEASE } from './panics-on.ts';
import type { Profile } from './profile.ts';

/** As recorded from v4 in its one panic, through hard_offline_page. What that panic did not pass is as in 7.3. */
const CALL_TRACES: CallTraces = {
  panic: ['vpanic+0x2b4/0x330', 'panic+0x4f/0x50'],
  cause: { ...LINUX_7_3.callTraces.cause, unrecoverable: ['action_result+0x7c/0x100', 'memory_failure+0x92a/0xca0'] },
  entry: {
    ...LINUX_7_3.callTraces.entry,
    hard: { frames: ['hard_offline_page_store+0x4d/0x80', 'kernfs_fop_write_iter+0x10f/0x1f0', 'vfs_write+0x25a/0x440'] },
  },
  syscall: ['ksys_write+0x59/0xd0', 'do_syscall_64+0x6c/0x320', 'entry_SYSCALL_64_after_hwframe+0x4b/0x53'],
};

/** The series as posted on 2026-04-15, [PATCH v4 0/3] mm/memory-failure: add panic option for unrecoverable pages, on 7.3-rc7. */
export const V4: Profile = {
  ...LINUX_7_3,
  name: 'v4',
  summary: 'the patch series v4 as posted: reserved, high-order and unknown pages panic',
  release: V4_RELEASE,
  banner: '#1 SMP PREEMPT_LAZY',
  compiler: '(x86_64-linux-gnu-gcc-16 (Debian 16.2.0-3) 16.2.0, GNU ld (GNU Binutils for Debian) 2.47)',
  preempt: 'PREEMPTLAZY  ',
  kernelPages: PG.reserved,
  kernelPageErrno: ERRNO.EIO,
  panicsOn: PANICS_ON.v4,
  callTraces: CALL_TRACES,
};
