import { ERRNO } from '../../abi/errno.ts';
import { KPF_NOPAGE } from '../../abi/page-flags.ts';
import type { CallTraces, TraceEntry } from '../panic/call-traces.ts';
import { LINUX_6_12_SLAB_CACHES } from '../statistics/slab-caches/linux-6.12.ts';
import { LINUX_6_12_TRACE_EVENTS } from '../trace/formats/linux-6.12.ts';
import { LINUX_7_3 } from './linux-7.3.ts';
import type { Profile } from './profile.ts';

/** What the worker of memory_failure_queue() and others stand on. */
const WORKER = [
  'process_one_work+0x18b/0x340', 'worker_thread+0x191/0x2f0', 'kthread+0xd2/0x100', 'ret_from_fork+0x34/0x50', 'ret_from_fork_asm+0x1a/0x30',
];

/** A record of the firmware, found by the timer that polls for it while the CPU is idle. */
const FIRMWARE: TraceEntry = {
  frames: [
    'ghes_poll_func+0x2b/0x60', 'call_timer_fn+0x2a/0x120', '__run_timers+0x1f1/0x280', 'run_timer_softirq+0x8c/0xf0',
    'handle_softirqs+0xcf/0x280', '__irq_exit_rcu+0x8d/0xb0', 'sysvec_apic_timer_interrupt+0x71/0x90',
  ],
  interrupted: [
    ' asm_sysvec_apic_timer_interrupt+0x1a/0x20',
    'RIP: 0010:pv_native_safe_halt+0xf/0x20',
    'Code: 09 c3 cc cc cc cc 0f 1f 44 00 00 90 90 90 90 90 90 90 90 90 90 90 90 90 90 90 90 f3 0f 1e fa eb 07 0f 00 2d 85 b4 2f 00 fb f4 '
      + '<c3> cc cc cc cc 66 66 2e 0f 1f 84 00 00 00 00 00 90 90 90 90 90 90',
    'RSP: 0018:ffffffffb1603e88 EFLAGS: 00000216',
    'RAX: 0000000000000000 RBX: 0000000000000000 RCX: 0000000000000001',
    'RDX: 000000000000{4} RSI: 0000000000000087 RDI: 00000000000{5}',
    'RBP: ffffffffb1610940 R08: ff2cae91be825ea0 R09: 0000000000000007',
    'R10: 0000000000000001 R11: 0000000000000000 R12: 0000000000000000',
    'R13: 0000000000000000 R14: 0000000000000000 R15: 00000000000147b0',
    ' default_idle+0x9/0x20', ' default_idle_call+0x29/0x100', ' do_idle+0x269/0x2a0', ' cpu_startup_entry+0x29/0x30', ' rest_init+0xcc/0xd0',
    ' start_kernel+0x787/0x790', ' x86_64_start_reservations+0x24/0x30', ' x86_64_start_kernel+0x95/0xa0', ' common_startup_64+0x13e/0x141',
  ],
};

/** As recorded. That of ghes_edac, which Debian does not build, is that of 7.3. */
const CALL_TRACES: CallTraces = {
  panic: ['dump_stack_lvl+0x5d/0x80', 'panic+0x118/0x2db'],
  cause: {
    ...LINUX_7_3.callTraces.cause,
    'recovery-disabled': ['memory_failure.cold+0x29/0x29'],
    'fatal-hardware': ['__ghes_panic.cold+0x28/0x28', 'ghes_proc+0x122/0x1b0'],
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
    ghes: { frames: ['memory_failure_work_func+0x73/0x90', ...WORKER], workqueue: 'events memory_failure_work_func' },
    firmware: FIRMWARE,
    sysrq: { frames: ['write_sysrq_trigger+0x59/0x80', 'proc_reg_write+0x5a/0xa0', 'vfs_write+0xf8/0x440'] },
  },
  syscall: ['ksys_write+0x6d/0xf0', 'do_syscall_64+0x87/0x1b0', 'entry_SYSCALL_64_after_hwframe+0x76/0x7e'],
};

/** Debian 13 (trixie): linux-image-6.12.117+deb13-amd64. */
export const LINUX_6_12: Profile = {
  ...LINUX_7_3,
  name: '6.12',
  version: '6.12',
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
