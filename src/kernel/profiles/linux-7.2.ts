import { ERRNO } from '../../abi/errno.ts';
import type { CallTraces, TraceEntry } from '../panic/call-traces.ts';
import { LINUX_7_2_SLAB_CACHES } from '../statistics/slab-caches/linux-7.2.ts';
import { LINUX_7_3 } from './linux-7.3.ts';
import type { Profile } from './profile.ts';

const { entry: ENTRY } = LINUX_7_3.callTraces;

const WORKER = [
  'process_one_work+0x19e/0x370', 'worker_thread+0x1a6/0x310', 'kthread+0xe4/0x120', 'ret_from_fork+0x2b1/0x340', 'ret_from_fork_asm+0x1a/0x30',
];

/** The frames of 7.3, whose last ones are those of a worker, with the worker of this kernel. */
function byWorker({ frames, ...rest }: TraceEntry): TraceEntry {
  return { ...rest, frames: [...frames.slice(0, -WORKER.length), ...WORKER] };
}

const CALL_TRACES: CallTraces = {
  ...LINUX_7_3.callTraces,
  panic: ['dump_stack_lvl+0x5d/0x80', 'vpanic+0x246/0x440', 'panic+0x6b/0x70'],
  cause: { ...LINUX_7_3.callTraces.cause, 'recovery-disabled': ['memory_failure.cold+0x6f/0x6f'] },
  entry: {
    ...ENTRY,
    hard: { frames: ['hard_offline_page_store+0x5f/0xa0', 'kernfs_fop_write_iter+0x16b/0x210', 'vfs_write+0x281/0x560'] },
    corrupt: {
      frames: [
        'hwpoison_inject.cold+0x1c/0x34 [hwpoison_inject]', 'simple_attr_write_xsigned.isra.0+0xdf/0x190', 'debugfs_attr_write+0x46/0x80',
        'full_proxy_write+0x6f/0xc0', 'vfs_write+0xe6/0x560',
      ],
    },
    mce: byWorker(ENTRY.mce),
    ghes: byWorker(ENTRY.ghes),
    sysrq: { frames: ['write_sysrq_trigger+0x7b/0xd0', 'proc_reg_write+0x5a/0xb0', 'vfs_write+0xe6/0x560'] },
  },
  syscall: ['ksys_write+0x7b/0x110', 'do_syscall_64+0xe1/0x650', 'entry_SYSCALL_64_after_hwframe+0x76/0x7e'],
};

/** Debian sid: linux-image-7.2.13+deb14-amd64. */
export const LINUX_7_2: Profile = {
  ...LINUX_7_3,
  name: '7.2',
  version: '7.2',
  summary: 'Debian sid: no page panics, it lacks the sysctl',
  release: '7.2.13+deb14-amd64',
  banner: '#1 SMP PREEMPT_DYNAMIC Debian 7.2.13-1 (2026-10-28)',
  compiler: '(debian-kernel@lists.debian.org) (x86_64-linux-gnu-gcc-16 (Debian 16.2.0-4) 16.2.0, GNU ld (GNU Binutils for Debian) 2.47.50.20261021)',
  kernelPages: 0,
  kernelPageErrno: ERRNO.EIO,
  panicsOn: [],
  preempt: 'PREEMPT(lazy)  Debian 7.2.13-1 ',
  regions: {
    ...LINUX_7_3.regions,
    image: [
      ['Kernel code', 0, 0x12ca8df], ['Kernel rodata', 0x1400000, 0x2162fff], ['Kernel data', 0x2200000, 0x255b8ff], ['Kernel bss', 0x2e50000, 0x31fffff],
    ],
  },
  bootPages: {
    pgtable: 117, slab: [1062, 202, 468, 480], largeKmalloc: { 2: 28, 3: 16, 4: 32, 5: 32, 6: 64, 9: 512 }, stack: 248, vmalloc: 9614,
    shmemMapped: 577, shmem: 900, anon: 43, reserved: 5803,
  },
  bootCounts: {
    ...LINUX_7_3.bootCounts, slabReclaimable: 232, slabUnreclaimable: 2664, vmalloc: 2043, numaHit: 4269, numaInterleave: 65,
    pgallocDma32: 12_296, pgfree: 250_046, pgfault: 1102, pgreuse: 130, directMapSplits: 6, directMap4kKb: 34_672, committedKb: 6780,
  },
  slabCaches: LINUX_7_2_SLAB_CACHES,
  sysfs: { ...LINUX_7_3.sysfs, nodeReclaim: ERRNO.EAGAIN },
  callTraces: CALL_TRACES,
  bootMemory: {
    ...LINUX_7_3.bootMemory,
    managedOfGib: 984_032,
    freeOfGib: 929_256,
    notFound: { watermarks: 10_540, reserves: 20_870, fork: 10_270, files: 18_347, marks: 10_740, network: 10_814 },
  },
};
