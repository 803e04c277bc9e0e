import { ERRNO } from '../../abi/errno.ts';
import { PG } from '../../abi/page-flags.ts';
import type { CallTraces, TraceEntry } from '../panic/call-traces.ts';
import type { Profile } from './profile.ts';

/** A machine check handled by a worker. */
const MACHINE_CHECK: TraceEntry = {
  frames: [
    'uc_decode_notifier+0x88/0xc0',
    'notifier_call_chain+0x70/0x110',
    'blocking_notifier_call_chain+0x40/0x60',
    'mce_gen_pool_process+0x49/0x80',
    'process_one_work+0x1d6/0x3d0',
    'worker_thread+0x1a6/0x310',
    'kthread+0xe6/0x120',
    'ret_from_fork+0x2b3/0x340',
    'ret_from_fork_asm+0x1a/0x30',
  ],
  workqueue: 'events mce_gen_pool_process',
};

/** As recorded from 7.3, in several panics. Frames that the unwinder was unsure of (`? …`) differ from one to the next and are left out. */
const CALL_TRACES: CallTraces = {
  panic: ['dump_stack_lvl+0x5d/0x80', 'vpanic+0x247/0x440', 'panic+0x6b/0x70'],
  cause: {
    unrecoverable: ['action_result.cold+0xf/0x1b', 'memory_failure+0x1ea/0x10e0'],
    'recovery-disabled': ['memory_failure.cold+0x2b/0x6c'],
    sysrq: ['sysrq_handle_crash+0x1a/0x20', '__handle_sysrq.cold+0xba/0x1b9'],
  },
  entry: {
    hard: { frames: ['hard_offline_page_store+0x5f/0xa0', 'kernfs_fop_write_iter+0x16b/0x210', 'vfs_write+0x281/0x570'] },
    corrupt: {
      frames: [
        'hwpoison_inject.cold+0x1c/0x3f [hwpoison_inject]',
        'simple_attr_write_xsigned.isra.0+0xdf/0x190',
        'debugfs_attr_write+0x46/0x80',
        'full_proxy_write+0x6f/0xc0',
        'vfs_write+0xe6/0x570',
      ],
    },
    mce: MACHINE_CHECK,
    sysrq: { frames: ['write_sysrq_trigger+0x7b/0xd0', 'proc_reg_write+0x5a/0xb0', 'vfs_write+0xe6/0x570'] },
  },
  syscall: ['ksys_write+0x7b/0x110', 'do_syscall_64+0xc1/0x570', 'entry_SYSCALL_64_after_hwframe+0x76/0x7e'],
};

/** What Linux 7.3 merged, as Debian builds it. */
export const LINUX_7_3: Profile = {
  name: '7.3',
  version: '7.3',
  origin: 'as merged',
  summary: 'as merged in Linux 7.3: reserved, slab, page-table and large-kmalloc pages panic',
  release: '7.3-amd64',
  banner: '#1 SMP PREEMPT_DYNAMIC Debian 7.3~rc7-1~exp1 (2026-10-16)',
  compiler:
    '(debian-kernel@lists.debian.org) (x86_64-linux-gnu-gcc-16 (Debian 16.2.0-3) 16.2.0, GNU ld (GNU Binutils for Debian) 2.47)',
  preempt: 'PREEMPT(lazy)  Debian 7.3~rc7-1~exp1 ',
  taintFlags: 20,
  conversions: { afterUnsigned: 'left over', times: 'signed' },
  bootMemory: {
    managedOfGib: 983_492,
    freeOfGib: 927_416,
    notFound: { watermarks: 10_000, reserves: 20_308, fork: 9732, files: 17_847, marks: 10_340, network: 10_352 },
    hugePagesLeave: 5 / 6,
    bytes: { inotifyWatch: 1200, fanotifyMark: 1120, epollItem: 184, inetPeer: 192 },
  },
  memoryFailure: {
    untaken: 'MF_MSG_GET_HWPOISON', noMemory: 'reported', poisonedBefore: 'reported', unsplit: 'failed', unmapFailed: 'MF_FAILED',
    unknownState: 'MF_IGNORED', ksm: true, marksError: false,
    texts: {
      unmapFailed: (mapcount) => `failed to unmap page (folio mapcount=${mapcount})`,
      unpoison: {
        disabled: 'Unpoison: PFN: disabled after HW memory failure',
        clean: 'Unpoison: PFN: page was already unpoisoned',
        grabbed: 'Unpoison: PFN: someone grabs the hwpoison page',
        done: 'Unpoison: PFN: software-unpoisoned page',
      },
      softOffline: {
        poisoned: 'Soft offline: PFN: page already poisoned',
        splitFailed: 'Soft offline: PFN: thp split failed',
        invalidated: 'Soft offline: PFN: invalidated',
        failed: 'Soft offline: PFN: ',
      },
    },
  },
  kernelPages: PG.reserved | PG.slab | PG.pgtable | PG.largeKmalloc,
  kernelPageErrno: ERRNO.ENOTRECOVERABLE,
  panicsOn: ['MF_MSG_KERNEL'],
  sysfs: { failureCounters: true, nodeReclaim: true, crashHotplug: true, autoOnlineBlocks: 'online' },
  devkmsg: { longestWrite: 1024, prefixWraps: false },
  callTraces: CALL_TRACES,
  dumpShows: { uid: true, taintNames: true },
};
