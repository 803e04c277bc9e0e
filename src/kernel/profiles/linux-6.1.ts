import { KPF_NOPAGE } from '../../abi/page-flags.ts';
import type { CallTraces } from '../panic/call-traces.ts';
import { LINUX_6_1_SLAB_CACHES } from '../statistics/slab-caches/linux-6.1.ts';
import { LINUX_6_1_TRACE_EVENTS } from '../trace/formats/linux-6.1.ts';
import { LINUX_6_12 } from './linux-6.12.ts';
import type { Profile } from './profile.ts';

/** What the worker of memory_failure_queue() and others stand on. */
const WORKER = ['process_one_work+0x1c7/0x380', 'worker_thread+0x4d/0x380', 'kthread+0xda/0x100', 'ret_from_fork+0x22/0x30'];

/** As recorded. */
const CALL_TRACES: CallTraces = {
  panic: ['dump_stack_lvl+0x44/0x5c', 'panic+0x118/0x2f4'],
  cause: {
    ...LINUX_6_12.callTraces.cause,
    'recovery-disabled': ['memory_failure.cold+0x9a/0x9a'],
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
    sysrq: { frames: ['write_sysrq_trigger+0x24/0x40', 'proc_reg_write+0x56/0xa0', 'vfs_write+0xc7/0x3f0'] },
  },
  syscall: ['ksys_write+0x6b/0xf0', 'do_syscall_64+0x5d/0xb0', 'entry_SYSCALL_64_after_hwframe+0x6e/0xd8'],
};

/** Debian 12 (bookworm): linux-image-6.1.0-50-amd64. */
export const LINUX_6_1: Profile = {
  ...LINUX_6_12,
  name: '6.1',
  version: '6.1',
  origin: 'Debian 12',
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
