import { KPF_NOPAGE } from '../../abi/page-flags.ts';
import type { CallTraces, TraceEntry } from '../panic/call-traces.ts';
import { LINUX_6_1_SLAB_CACHES } from '../statistics/slab-caches/linux-6.1.ts';
import { LINUX_6_1_TRACE_EVENTS } from '../trace/formats/linux-6.1.ts';
import { LINUX_6_12 } from './linux-6.12.ts';
import type { Profile } from './profile.ts';

/** What the worker of memory_failure_queue() and others stand on. */
const WORKER = ['process_one_work+0x1c7/0x380', 'worker_thread+0x4d/0x380', 'kthread+0xda/0x100', 'ret_from_fork+0x22/0x30'];

/** A record of the firmware, found by the timer that polls for it while the CPU is idle. */
const FIRMWARE: TraceEntry = {
  frames: [
    'ghes_poll_func+0x27/0x60', 'call_timer_fn+0x27/0x130', '__run_timers+0x222/0x2c0', 'run_timer_softirq+0x19/0x30',
    'handle_softirqs+0xd7/0x280', '__irq_exit_rcu+0xac/0xe0', 'sysvec_apic_timer_interrupt+0x6e/0x90',
  ],
  interrupted: [
    ' asm_sysvec_apic_timer_interrupt+0x16/0x20',
    'RIP: 0010:native_safe_halt+0xb/0x10',
    'Code: 7f c3 cc cc cc cc 65 48 8b 04 25 80 fb 01 00 f0 80 48 02 20 48 8b 00 a8 08 75 c0 eb 88 cc cc eb 07 0f 00 2d 29 af 5b 00 fb f4 '
      + '<c3> cc cc cc cc eb 07 0f 00 2d 19 af 5b 00 f4 c3 cc cc cc cc cc 0f',
    'RSP: 0018:ffffffff97603e90 EFLAGS: 00000246',
    'RAX: 000000000001ad40 RBX: 0000000000000000 RCX: 0000000000000000',
    'RDX: 4000000000000000 RSI: 0000000000000087 RDI: 00000000000{5}',
    'RBP: ffffffff9761aa40 R08: 0000000000000000 R09: 0000000000000007',
    'R10: 00000000fffffffb R11: 0000000000000001 R12: 0000000000000000',
    'R13: 0000000000000000 R14: 0000000000000000 R15: 0000000000014790',
    ' amd_e400_idle+0x3d/0x50', ' default_idle_call+0x38/0xf0', ' do_idle+0x206/0x2b0', ' cpu_startup_entry+0x26/0x30', ' rest_init+0xca/0xd0',
    ' arch_call_rest_init+0xa/0x14', ' start_kernel+0x70a/0x733', ' secondary_startup_64_no_verify+0xe5/0xeb',
  ],
};

/** As recorded. That of ghes_edac, which Debian does not build, is that of 7.3. */
const CALL_TRACES: CallTraces = {
  panic: ['dump_stack_lvl+0x44/0x5c', 'panic+0x118/0x2f4'],
  cause: {
    ...LINUX_6_12.callTraces.cause,
    'recovery-disabled': ['memory_failure.cold+0x9a/0x9a'],
    'fatal-hardware': ['__ghes_panic.cold+0x28/0x28', 'ghes_proc+0xfc/0x1b0'],
    sysrq: ['sysrq_handle_crash+0x16/0x20', '__handle_sysrq.cold+0x44/0x11c'],
  },
  entry: {
    ...LINUX_6_12.callTraces.entry,
    hard: { frames: ['hard_offline_page_store+0x5e/0xa0', 'kernfs_fop_write_iter+0x12e/0x200', 'vfs_write+0x235/0x3f0'] },
    corrupt: {
      frames: [
        'hwpoison_inject.cold+0x1c/0xd74 [hwpoison_inject]',
        'simple_attr_write_xsigned.constprop.0.isra.0+0xc8/0x120',
        'debugfs_attr_write+0x40/0x60',
        'full_proxy_write+0x53/0x80',
        'vfs_write+0xc7/0x3f0',
      ],
    },
    mce: {
      frames: ['uc_decode_notifier+0x7f/0xa0', 'blocking_notifier_call_chain+0x5c/0x80', 'mce_gen_pool_process+0x3a/0x70', ...WORKER],
      workqueue: 'events mce_gen_pool_process',
    },
    ghes: { frames: ['memory_failure_work_func+0x6f/0x90', ...WORKER], workqueue: 'events memory_failure_work_func' },
    firmware: FIRMWARE,
    sysrq: { frames: ['write_sysrq_trigger+0x24/0x40', 'proc_reg_write+0x56/0xa0', 'vfs_write+0xc7/0x3f0'] },
  },
  syscall: ['ksys_write+0x6b/0xf0', 'do_syscall_64+0x5d/0xb0', 'entry_SYSCALL_64_after_hwframe+0x6e/0xd8'],
};

/** Debian 12 (bookworm): linux-image-6.1.0-50-amd64. */
export const LINUX_6_1: Profile = {
  ...LINUX_6_12,
  name: '6.1',
  version: '6.1',
  summary: 'Debian 12: no page panics, it lacks the sysctl',
  release: '6.1.0-50-amd64',
  banner: '#1 SMP PREEMPT_DYNAMIC Debian 6.1.176-1 (2026-07-02)',
  compiler: '(debian-kernel@lists.debian.org) (gcc-12 (Debian 12.2.0-14+deb12u1) 12.2.0, GNU ld (GNU Binutils for Debian) 2.40)',
  preempt: ' Debian 6.1.176-1',
  kpageflags: { noPage: KPF_NOPAGE, tails: 'own', anonShowsKsm: false },
  poisonKeepsOffline: false,
  sysfs: { failureCounters: false, nodeReclaim: false, crashHotplug: false, autoOnlineBlocks: 'offline' },
  // LOG_LINE_MAX: CONSOLE_LOG_MAX less PREFIX_MAX.
  devkmsg: { longestWrite: 1024 - 32, prefixWraps: true },
  regions: {
    image: [
      ['Kernel code', 0, 0xe01d31], ['Kernel rodata', 0x1000000, 0x18e6fff], ['Kernel data', 0x1a00000, 0x1c489bf], ['Kernel bss', 0x230d000, 0x33fffff],
    ],
    motherboard: 'pnp 00:06', configurationSpace: 'PCI MMCONFIG 0000 [bus 00-ff]', localApic: true,
  },
  bootPages: {
    pgtable: 19, slab: [1325, 1830, 492, 320], largeKmalloc: { 2: 20, 4: 16, 5: 32, 6: 64, 8: 256 }, stack: 220, vmalloc: 5539,
    shmemMapped: 577, shmem: 785, anon: 41, reserved: 1552, reservedPrivate: 4143,
  },
  slabCaches: LINUX_6_1_SLAB_CACHES,
  bootCounts: {
    slabReclaimable: 2437, slabUnreclaimable: 1915, vmalloc: 1754, percpu: 130, numaHit: 8282, numaInterleave: 636, pgallocDma32: 12_495,
    pgfree: 249_626, pgactivate: 1150, pgfault: 1314, pgreuse: 182, directMapSplits: 4, directMap4kKb: 32_624, committedKb: 6336,
  },
  callTraces: CALL_TRACES,
  traceEvents: LINUX_6_1_TRACE_EVENTS,
  ras: { ...LINUX_6_12.ras, einjChecksWidth: false, cper: { ...LINUX_6_12.ras.cper, aer: 'uncorrected', cxl: false } },
  dumpShows: { uid: false, taintNames: false },
  memoryFailure: {
    untaken: 'MF_MSG_UNKNOWN', noMemory: 'refused', poisonedBefore: 'line', unsplit: 'ignored', unmapFailed: 'MF_IGNORED',
    unknownState: 'MF_FAILED', ksm: false, marksError: true,
    texts: {
      unmapFailed: (mapcount) => `failed to unmap page (mapcount=${mapcount})`,
      unpoison: {
        disabled: 'Unpoison: Disabled after HW memory failure PFN',
        clean: 'Unpoison: Page was already unpoisoned PFN',
        grabbed: 'Unpoison: Someone grabs the hwpoison page PFN',
        done: 'Unpoison: Software-unpoisoned page PFN',
      },
      softOffline: {
        poisoned: 'soft_offline_page: PFN page already poisoned',
        splitFailed: 'soft offline: PFN: thp split failed',
        invalidated: 'soft_offline: PFN: invalidated',
        failed: 'soft offline: PFN: ',
      },
    },
  },
  bootMemory: {
    managedOfGib: 981_472,
    freeOfGib: 935_800,
    lateFreed: 2425,
    notFound: { watermarks: 9700, reserves: 17_584, fork: 10_270, files: 15_028, marks: 10_230, network: 10_230 },
    hugePagesLeave: 1,
    bytes: { inotifyWatch: 1344, fanotifyMark: 1264, epollItem: 184, inetPeer: 192 },
  },
};
