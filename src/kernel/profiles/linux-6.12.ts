import { ERRNO } from '../../abi/errno.ts';
import { KPF_NOPAGE } from '../../abi/page-flags.ts';
import type { CallTraces } from '../panic/call-traces.ts';
import { LINUX_6_12_SLAB_CACHES } from '../statistics/slab-caches/linux-6.12.ts';
import { LINUX_6_12_TRACE_EVENTS } from '../trace/formats/linux-6.12.ts';
import { LINUX_7_3 } from './linux-7.3.ts';
import type { Profile } from './profile.ts';

/** What the worker of memory_failure_queue() and others stand on. */
const WORKER = [
  'process_one_work+0x18b/0x340', 'worker_thread+0x191/0x2f0', 'kthread+0xd2/0x100', 'ret_from_fork+0x34/0x50', 'ret_from_fork_asm+0x1a/0x30',
];

/** As recorded. */
const CALL_TRACES: CallTraces = {
  panic: ['dump_stack_lvl+0x5d/0x80', 'panic+0x118/0x2db'],
  cause: {
    ...LINUX_7_3.callTraces.cause,
    'recovery-disabled': ['memory_failure.cold+0x29/0x29'],
    sysrq: ['sysrq_handle_crash+0x1a/0x20', '__handle_sysrq.cold+0x9f/0xe6'],
  },
  entry: {
    ...LINUX_7_3.callTraces.entry,
    hard: { frames: ['hard_offline_page_store+0x60/0xb0', 'kernfs_fop_write_iter+0x14f/0x200', 'vfs_write+0x28c/0x440'] },
    corrupt: {
      frames: [
        'hwpoison_inject.cold+0x1c/0x5d [hwpoison_inject]',
        'simple_attr_write_xsigned.isra.0+0xc8/0x120',
        'debugfs_attr_write+0x3e/0x70',
        'full_proxy_write+0x51/0x90',
        'vfs_write+0xf8/0x440',
      ],
    },
    mce: {
      frames: [
        'uc_decode_notifier+0x65/0xb0', 'notifier_call_chain+0x5d/0xd0', 'blocking_notifier_call_chain+0x3f/0x60', 'mce_gen_pool_process+0x3e/0x70',
        ...WORKER,
      ],
      workqueue: 'events mce_gen_pool_process',
    },
    sysrq: { frames: ['write_sysrq_trigger+0x59/0x80', 'proc_reg_write+0x5a/0xa0', 'vfs_write+0xf8/0x440'] },
  },
  syscall: ['ksys_write+0x6d/0xf0', 'do_syscall_64+0x87/0x1b0', 'entry_SYSCALL_64_after_hwframe+0x76/0x7e'],
};

/** Debian 13 (trixie): linux-image-6.12.117+deb13-amd64. */
export const LINUX_6_12: Profile = {
  ...LINUX_7_3,
  name: '6.12',
  version: '6.12',
  origin: 'Debian 13',
  summary: 'Debian 13: no page panics, it lacks the sysctl',
  release: '6.12.117+deb13-amd64',
  banner: '#1 SMP PREEMPT_DYNAMIC Debian 6.12.117-1 (2026-11-12)',
  compiler:
    '(debian-kernel@lists.debian.org) (x86_64-linux-gnu-gcc-14 (Debian 14.2.0-19) 14.2.0, GNU ld (GNU Binutils for Debian) 2.44)',
  taintFlags: 19,
  memoryFailure: { ...LINUX_7_3.memoryFailure, noMemory: 'refused' },
  kernelPages: 0,
  kernelPageErrno: ERRNO.EIO,
  panicsOn: [],
  preempt: ' Debian 6.12.117-1',
  ras: {
    mceLogLimited: true, einjV2: false, einjChecksWidth: true, einjInReserved: false, ghesChecksAddress: true,
    cper: { aer: 'all', alignsContexts: false, cxl: true, absentDevice: { text: (device) => `no pci_dev for ${device}`, limited: false } },
  },
  kpageflags: { noPage: KPF_NOPAGE, tails: 'folio', anonShowsKsm: true },
  sysfs: { ...LINUX_7_3.sysfs, nodeReclaim: false },
  devkmsg: { longestWrite: 1024, prefixWraps: true },
  regions: {
    ...LINUX_7_3.regions,
    image: [
      ['Kernel code', 0, 0xffffff], ['Kernel rodata', 0x1000000, 0x1b8dfff], ['Kernel data', 0x1c00000, 0x1e70d3f], ['Kernel bss', 0x273c000, 0x2bfffff],
    ],
    motherboard: 'pnp 00:06',
  },
  bootPages: {
    pgtable: 35, slab: [914, 62, 536, 400], largeKmalloc: { 2: 16, 3: 8, 4: 16, 5: 32, 6: 64, 8: 256 }, stack: 252, vmalloc: 5815,
    shmemMapped: 577, shmem: 851, anon: 44, reserved: 1741, reservedPrivate: 4143,
  },
  slabCaches: LINUX_6_12_SLAB_CACHES,
  bootCounts: {
    slabReclaimable: 193, slabUnreclaimable: 2111, vmalloc: 1673, percpu: 138, numaHit: 6961, numaInterleave: 809, pgallocDma32: 10_546,
    pgfree: 251_374, pgactivate: 0, pgfault: 1144, pgreuse: 143, directMapSplits: 3, directMap4kKb: 30_576, committedKb: 6544,
  },
  callTraces: CALL_TRACES,
  traceEvents: LINUX_6_12_TRACE_EVENTS,
  conversions: { afterUnsigned: 'written', times: 'wrapped', enableWords: false },
  bootMemory: {
    managedOfGib: 988_276,
    freeOfGib: 948_636,
    lateFreed: 2175,
    notFound: { watermarks: 8700, reserves: 19_556, fork: 9400, files: 14_950, marks: 8912, network: 8912 },
    hugePagesLeave: 1.3,
    bytes: { inotifyWatch: 1328, fanotifyMark: 1248, epollItem: 184, inetPeer: 192 },
  },
};
