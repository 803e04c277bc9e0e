import { ERRNO } from '../../../abi/errno.ts';
import { LOG_LEVEL } from '../../../abi/log-level.ts';
import { SYS_ADMIN, SYS_RAWIO } from '../capability-checks.ts';
import { integersOf } from '../after-write.ts';
import { ZERO_OR_ONE } from '../bounds.ts';
import { type CtlTable, type ProcHandler, sysctl } from '../ctl-table.ts';
import { adminReserveKbytes, minFreeKbytes, settleHugePages, userReserveKbytes } from '../memory-sizes.ts';
import { numaZonelistOrderHandler } from '../numa-zonelist-order.ts';
import {
  procDobool, procDoboolOfLong, procDointvec, procDointvecJiffies, procDointvecMinmax, procDointvecUnchecked, procDoulongvecMinmax,
} from '../proc-dointvec.ts';
import { vmstatRefresh } from '../vmstat-refresh.ts';

const PERCENT = { extra1: 0n, extra2: 100n } as const;

/** dirty_bytes and dirty_background_bytes are counted in pages in an unsigned int; rounding up wraps round at 2^64. */
function refusesPages(bytes: bigint): number {
  return BigInt.asUintN(64, bytes + 4095n) / 4096n > 0xffff_ffffn ? -ERRNO.ERANGE : 0;
}
const pageCount = (least: bigint): Pick<CtlTable, 'check'> => ({
  check: { refuses: refusesPages, takes: `a whole number from ${least} to 17592186040320` },
});

/** Mirrors lowmem_reserve_ratio_sysctl_handler() (mm/page_alloc.c) of kernels until 6.12: what is below 1 counts as 0. */
const lowmemReserveRatioUnchecked: ProcHandler = {
  ...procDointvecUnchecked,
  write(host, entry, position, data) {
    const answer = procDointvecUnchecked.write(host, entry, position, data);
    host.values.set(entry.name, integersOf(host, entry.name).map((ratio) => (ratio < 1n ? 0n : ratio)));
    return answer;
  },
};

/** Mirrors sysctl_compaction_handler() (mm/compaction.c) of kernels until 6.4: it does not look at what is written. */
const compactWhateverIsWritten: ProcHandler = {
  ...procDointvec, write: (_host, _entry, _position, data) => data.length, keepsPosition: () => true, takes: () => 'anything',
};

/**
 * The files of /proc/sys/vm of Linux 7.3, x86-64, in the order readdir(3) gives them. Sources: vm_table[] and the handlers beside it in
 * mm/page-writeback.c, mm/page_alloc.c, mm/compaction.c, mm/vmscan.c, mm/vmstat.c, mm/util.c, mm/mmap.c, mm/oom_kill.c, mm/hugetlb.c,
 * mm/memory-failure.c, fs/drop_caches.c, fs/dcache.c, fs/fs-writeback.c, kernel/pid_sysctl.h, security/min_addr.c.
 */
export const VM_SYSCTLS: readonly CtlTable[] = [
  sysctl('vm/admin_reserve_kbytes', procDoulongvecMinmax, { boot: (host) => [BigInt(adminReserveKbytes(host))] }),
  // 1 compacts memory. Whatever is written is stored before it is looked at, so that an empty write is judged by the one before.
  sysctl('vm/compact_memory', procDointvec, {
    mode: 0o200, boot: [0n], check: { refuses: (value) => (value === 1n ? 0 : -ERRNO.EINVAL), keepsRefused: true, takes: 'only 1' },
    before: { '6.12': { handler: compactWhateverIsWritten, check: undefined } },
  }),
  sysctl('vm/compact_unevictable_allowed', procDointvecMinmax, { boot: [1n], ...ZERO_OR_ONE }),
  sysctl('vm/compaction_proactiveness', procDointvecMinmax, { boot: [20n], ...PERCENT }),
  sysctl('vm/defrag_mode', procDointvecMinmax, { since: '7.2', boot: [0n], ...ZERO_OR_ONE }),
  sysctl('vm/dirty_background_bytes', procDoulongvecMinmax, {
    boot: [0n], extra1: 1n, ...pageCount(1n), zeroes: { name: 'vm.dirty_background_ratio', when: 'accepted' },
  }),
  sysctl('vm/dirty_background_ratio', procDointvecMinmax, {
    boot: [10n], ...PERCENT, zeroes: { name: 'vm.dirty_background_bytes', when: 'accepted' },
  }),
  sysctl('vm/dirty_bytes', procDoulongvecMinmax, {
    boot: [0n], extra1: 8192n, ...pageCount(8192n), zeroes: { name: 'vm.dirty_ratio', when: 'changed' },
  }),
  sysctl('vm/dirty_expire_centisecs', procDointvecMinmax, { boot: [3000n], extra1: 0n }),
  sysctl('vm/dirty_ratio', procDointvecMinmax, { boot: [20n], ...PERCENT, zeroes: { name: 'vm.dirty_bytes', when: 'changed' } }),
  sysctl('vm/dirty_writeback_centisecs', procDointvec, { boot: [500n] }),
  sysctl('vm/dirtytime_expire_seconds', procDointvecMinmax, { boot: [43200n], extra1: 0n }),
  sysctl('vm/drop_caches', procDointvecMinmax, {
    mode: 0o200, boot: [0n], extra1: 1n, extra2: 4n,
    messages: [{
      level: LOG_LEVEL.info, when: 'accepted', endsWith: (value) => (value & 4n) !== 0n,
      text: ({ comm, pid }, value) => `${comm} (${pid}): drop_caches: ${value}`,
    }],
  }),
  sysctl('vm/enable_soft_offline', procDointvecMinmax, { since: '6.12', boot: [1n], ...ZERO_OR_ONE }),
  sysctl('vm/extfrag_threshold', procDointvecMinmax, { boot: [500n], extra1: 0n, extra2: 1000n }),
  sysctl('vm/hugetlb_optimize_vmemmap', procDobool, { boot: [0n], before: { '6.12': { handler: procDoboolOfLong } } }),
  sysctl('vm/hugetlb_shm_group', procDointvec, { boot: [0n] }),
  sysctl('vm/laptop_mode', procDointvecJiffies, {
    boot: [0n],
    messages: [{
      level: LOG_LEVEL.warn, when: 'accepted', text: ({ comm }) => `${comm}: vm.laptop_mode is deprecated. Ignoring setting.`,
    }],
    before: { '7.2': { messages: undefined } },
  }),
  sysctl('vm/legacy_va_layout', procDointvecMinmax, { boot: [0n], extra1: 0n }),
  sysctl('vm/lowmem_reserve_ratio', procDointvecMinmax, {
    boot: [256n, 256n, 32n, 0n, 0n], extra1: 0n, allOrNothing: true,
    before: { '7.2': { handler: lowmemReserveRatioUnchecked, extra1: undefined, allOrNothing: undefined } },
  }),
  sysctl('vm/max_map_count', procDointvecMinmax, { boot: [65530n], extra1: 0n }),
  sysctl('vm/memfd_noexec', procDointvecMinmax, { since: '6.12', boot: [0n], extra1: 0n, extra2: 2n, capability: SYS_ADMIN }),
  sysctl('vm/memory_failure_early_kill', procDointvecMinmax, { boot: [0n], ...ZERO_OR_ONE }),
  sysctl('vm/memory_failure_recovery', procDointvecMinmax, { boot: [1n], ...ZERO_OR_ONE }),
  sysctl('vm/min_free_kbytes', procDointvecMinmax, { boot: (host) => [BigInt(minFreeKbytes(host))], extra1: 0n }),
  sysctl('vm/min_slab_ratio', procDointvecMinmax, { boot: [5n], ...PERCENT }),
  sysctl('vm/min_unmapped_ratio', procDointvecMinmax, { boot: [1n], ...PERCENT }),
  sysctl('vm/mmap_min_addr', procDoulongvecMinmax, { boot: [65536n], capability: SYS_RAWIO }),
  sysctl('vm/mmap_rnd_bits', procDointvecMinmax, { mode: 0o600, boot: [28n], extra1: 28n, extra2: 32n }),
  sysctl('vm/mmap_rnd_compat_bits', procDointvecMinmax, { mode: 0o600, boot: [8n], extra1: 8n, extra2: 16n }),
  sysctl('vm/movable_gigantic_pages', procDointvec, { since: '7.2', boot: [0n] }),
  sysctl('vm/nr_hugepages', procDoulongvecMinmax, { boot: [0n], settle: settleHugePages, twin: 'vm.nr_hugepages_mempolicy' }),
  sysctl('vm/nr_hugepages_mempolicy', procDoulongvecMinmax, { boot: [0n], settle: settleHugePages, twin: 'vm.nr_hugepages' }),
  sysctl('vm/nr_overcommit_hugepages', procDoulongvecMinmax, { boot: [0n] }),
  sysctl('vm/numa_stat', procDointvecMinmax, {
    boot: [1n], ...ZERO_OR_ONE,
    messages: [
      { level: LOG_LEVEL.info, when: 'changed', value: 0n, text: () => 'disable numa statistics, and clear numa counters' },
      { level: LOG_LEVEL.info, when: 'changed', value: 1n, text: () => 'enable numa statistics' },
    ],
  }),
  sysctl('vm/numa_zonelist_order', numaZonelistOrderHandler, { boot: 'Node' }),
  sysctl('vm/oom_dump_tasks', procDointvec, { boot: [1n] }),
  sysctl('vm/oom_kill_allocating_task', procDointvec, { boot: [0n] }),
  sysctl('vm/overcommit_kbytes', procDoulongvecMinmax, { boot: [0n], zeroes: { name: 'vm.overcommit_ratio', when: 'accepted' } }),
  sysctl('vm/overcommit_memory', procDointvecMinmax, { boot: [0n], extra1: 0n, extra2: 2n }),
  sysctl('vm/overcommit_ratio', procDointvec, { boot: [50n], zeroes: { name: 'vm.overcommit_kbytes', when: 'accepted' } }),
  sysctl('vm/page-cluster', procDointvecMinmax, { boot: [3n], extra1: 0n, extra2: 31n, before: { '6.12': { extra2: undefined } } }),
  sysctl('vm/page_lock_unfairness', procDointvecMinmax, { boot: [5n], extra1: 0n }),
  sysctl('vm/panic_on_oom', procDointvecMinmax, { boot: [0n], extra1: 0n, extra2: 2n }),
  sysctl('vm/panic_on_unrecoverable_memory_failure', procDointvecMinmax, { since: '7.3', boot: [0n], ...ZERO_OR_ONE }),
  sysctl('vm/percpu_pagelist_high_fraction', procDointvecMinmax, {
    boot: [0n], extra1: 0n,
    check: {
      refuses: (fraction) => (fraction > 0n && fraction < 8n ? -ERRNO.EINVAL : 0), takes: '0, or a whole number from 8 to 2147483647',
    },
  }),
  sysctl('vm/stat_interval', procDointvecJiffies, { boot: [1n] }),
  sysctl('vm/stat_refresh', vmstatRefresh, { mode: 0o600 }),
  sysctl('vm/swappiness', procDointvecMinmax, { boot: [60n], extra1: 0n, extra2: 200n }),
  sysctl('vm/unprivileged_userfaultfd', procDointvecMinmax, { boot: [0n], ...ZERO_OR_ONE }),
  sysctl('vm/user_reserve_kbytes', procDoulongvecMinmax, { boot: (host) => [BigInt(userReserveKbytes(host))] }),
  sysctl('vm/vfs_cache_pressure', procDointvecMinmax, { boot: [100n], extra1: 0n }),
  sysctl('vm/vfs_cache_pressure_denom', procDointvecMinmax, { since: '7.2', boot: [100n], extra1: 100n }),
  sysctl('vm/watermark_boost_factor', procDointvecMinmax, { boot: [15000n], extra1: 0n }),
  sysctl('vm/watermark_scale_factor', procDointvecMinmax, { boot: [10n], extra1: 1n, extra2: 3000n }),
  sysctl('vm/zone_reclaim_mode', procDointvecMinmax, { boot: [0n], extra1: 0n }),
];
