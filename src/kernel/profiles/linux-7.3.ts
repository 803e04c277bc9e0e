import { ERRNO } from '../../abi/errno.ts';
import { KPAGEFLAGS, PG } from '../../abi/page-flags.ts';
import { BOOT_PAGES } from '../memory/population.ts';
import { KERNEL_REGIONS } from '../memory/regions.ts';
import type { CallTraces, TraceEntry } from '../panic/call-traces.ts';
import { LINUX_7_3_SLAB_CACHES } from '../statistics/slab-caches/linux-7.3.ts';
import { LINUX_7_3_TRACE_EVENTS } from '../trace/formats/linux-7.3.ts';
import { PANICS_ON } from './panics-on.ts';
import type { Profile } from './profile.ts';

/** What the worker of memory_failure_queue() and others stand on. */
const WORKER = [
  'process_one_work+0x1d6/0x3d0', 'worker_thread+0x1a6/0x310', 'kthread+0xe6/0x120', 'ret_from_fork+0x2b3/0x340', 'ret_from_fork_asm+0x1a/0x30',
];

/** A machine check handled by a worker. */
const MACHINE_CHECK: TraceEntry = {
  frames: [
    'uc_decode_notifier+0x88/0xc0',
    'notifier_call_chain+0x70/0x110',
    'blocking_notifier_call_chain+0x40/0x60',
    'mce_gen_pool_process+0x49/0x80',
    ...WORKER,
  ],
  workqueue: 'events mce_gen_pool_process',
};

/** A record of the firmware, found by the timer that polls for it while the CPU is idle. */
const FIRMWARE: TraceEntry = {
  frames: [
    'ghes_poll_func+0x2b/0x60', 'call_timer_fn+0x2a/0x140', '__run_timers+0x27c/0x330', 'run_timer_softirq+0x86/0xf0',
    'handle_softirqs+0xd9/0x320', '__irq_exit_rcu+0xaa/0x100', 'sysvec_apic_timer_interrupt+0x71/0x90',
  ],
  interrupted: [
    ' asm_sysvec_apic_timer_interrupt+0x1a/0x20',
    'RIP: 0010:pv_native_safe_halt+0xf/0x20',
    'Code: 20 d0 c3 cc cc cc cc 0f 1f 40 00 90 90 90 90 90 90 90 90 90 90 90 90 90 90 90 90 f3 0f 1e fa eb 07 0f 00 2d 25 fe 11 00 fb f4 '
      + '<c3> cc cc cc cc 90 66 66 2e 0f 1f 84 00 00 00 00 00 90 90 90 90 90',
    'RSP: 0018:ffffffff9a603dc8 EFLAGS: 00000282',
    'RAX: 0000000000000000 RBX: 0000000000000000 RCX: ffffffff9a611180',
    'RDX: 00000000000{5} RSI: 0000000000000001 RDI: 00000000000{5}',
    'RBP: ffffffff9a611180 R08: ffffffff9b256780 R09: 000000000000{4}',
    'R10: ffffffff9a603d20 R11: 0000000000000001 R12: 0000000000000000',
    'R13: 0000000000000000 R14: 0000000000000000 R15: 00000000000147b0',
    ' default_idle+0x9/0x20', ' default_idle_call+0x2e/0x100', ' do_idle+0x20b/0x310', ' cpu_startup_entry+0x29/0x30', ' rest_init+0x112/0x120',
    ' start_kernel+0x88b/0x8a0', ' x86_64_start_reservations+0x24/0x30', ' x86_64_start_kernel+0x12f/0x130', ' common_startup_64+0x13e/0x151',
  ],
};

/** As recorded from 7.3, in several panics. Frames that the unwinder was unsure of (`? …`) differ from one to the next and are left out. */
const CALL_TRACES: CallTraces = {
  panic: ['dump_stack_lvl+0x5d/0x80', 'vpanic+0x247/0x440', 'panic+0x6b/0x70'],
  cause: {
    unrecoverable: ['action_result.cold+0xf/0x1b', 'memory_failure+0x1ea/0x10e0'],
    'recovery-disabled': ['memory_failure.cold+0x2b/0x6c'],
    sysrq: ['sysrq_handle_crash+0x1a/0x20', '__handle_sysrq.cold+0xba/0x1b9'],
    'fatal-hardware': ['__ghes_panic.cold+0x28/0x28', 'ghes_proc+0x136/0x1e0'],
    edac: [
      'edac_raw_mc_handle_error.cold+0x7b/0x18c', 'ghes_edac_report_mem_error+0x29c/0x3d0 [ghes_edac]', 'notifier_call_chain+0x70/0x110',
      'atomic_notifier_call_chain+0x39/0x50', 'ghes_do_proc+0x1de/0x6c0', 'ghes_proc+0x110/0x1e0',
    ],
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
    ghes: { frames: ['memory_failure_work_func+0x10b/0x140', ...WORKER], workqueue: 'events memory_failure_work_func' },
    firmware: FIRMWARE,
    sysrq: { frames: ['write_sysrq_trigger+0x7b/0xd0', 'proc_reg_write+0x5a/0xb0', 'vfs_write+0xe6/0x570'] },
  },
  syscall: ['ksys_write+0x7b/0x110', 'do_syscall_64+0xc1/0x570', 'entry_SYSCALL_64_after_hwframe+0x76/0x7e'],
};

/** What Linux 7.3 merged, as Debian builds it. */
export const LINUX_7_3: Profile = {
  name: '7.3',
  version: '7.3',
  summary: 'as merged in Linux 7.3: reserved, slab, page-table and large-kmalloc pages panic',
  release: '7.3-amd64',
  banner: '#1 SMP PREEMPT_DYNAMIC Debian 7.3~rc7-1~exp1 (2026-10-16)',
  compiler:
    '(debian-kernel@lists.debian.org) (x86_64-linux-gnu-gcc-16 (Debian 16.2.0-3) 16.2.0, GNU ld (GNU Binutils for Debian) 2.47)',
  preempt: 'PREEMPT(lazy)  Debian 7.3~rc7-1~exp1 ',
  taintFlags: 20,
  conversions: { afterUnsigned: 'left over', times: 'signed', enableWords: true },
  bootMemory: {
    managedOfGib: 983_492,
    freeOfGib: 927_416,
    lateFreed: 2575,
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
  panicsOn: PANICS_ON['7.3'],
  kpageflags: KPAGEFLAGS,
  poisonKeepsOffline: true,
  sysfs: { failureCounters: true, nodeReclaim: ERRNO.EINVAL, crashHotplug: true, autoOnlineBlocks: 'online' },
  devkmsg: { longestWrite: 1024, prefixWraps: false },
  regions: KERNEL_REGIONS,
  bootPages: BOOT_PAGES,
  slabCaches: LINUX_7_3_SLAB_CACHES,
  bootCounts: {
    slabReclaimable: 239, slabUnreclaimable: 2670, vmalloc: 2064, percpu: 132, numaHit: 5028, numaInterleave: 62, pgallocDma32: 13_177,
    pgfree: 250_211, pgactivate: 0, pgfault: 1219, pgreuse: 138, directMapSplits: 5, directMap4kKb: 30_576, committedKb: 8788,
  },
  callTraces: CALL_TRACES,
  dumpShows: { uid: true, taintNames: true },
  traceEvents: LINUX_7_3_TRACE_EVENTS,
  ras: {
    mceLogLimited: false, einjV2: true, einjChecksWidth: true, einjInReserved: true, ghesChecksAddress: false,
    cper: { aer: 'all', alignsContexts: true, cxl: true, absentDevice: { text: (device) => `${device}: no pci_dev found`, limited: true } },
  },
};
