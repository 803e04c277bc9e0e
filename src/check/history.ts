// Apart from the explanations: this is a table.
/** What a sysctl of the scheduler is since Linux 5.13, and since 6.6 no more where `until66` is given. */
function debugfs(file: string, until66?: string): string {
  return until66 === undefined
    ? `Linux 5.13 moved it to /sys/kernel/debug/sched/${file}, which sysctl.d files do not reach`
    : `Linux 5.13 moved it to /sys/kernel/debug/sched/${file}, which sysctl.d files do not reach, and Linux 6.6 ${until66}`;
}

/**
 * Names that configuration still has and that none of the emulated kernels knows, with what became of them. Sources, by the first release
 * without the name: 5.13: 8a99b6833c88 (sched: Move SCHED_DEBUG sysctl to debugfs); 6.6: 147f3efaa241 and 5e963f2bd465 (EEVDF), as
 * kernel/sched/debug.c of 6.1 and 6.12 shows; 5.14: 12e0613715e1 (block_dump); 4.16: d6cb41cc44c6 (hugepages_treat_as_movable); 4.12:
 * 4396e46187ca (tcp_tw_recycle); 4.9: adf0516845bc (ip_conntrack compatibility); 2.6.22: 587aa64163bb (ip_conntrack).
 */
export const HISTORY: Readonly<Record<string, string>> = {
  'kernel.exec-shield': 'it was a patch of Red Hat Enterprise Linux up to 6, and Linux never had it: the processor does it, leave it out',
  'kernel.numa_balancing_scan_delay_ms': debugfs('numa_balancing/scan_delay_ms'),
  'kernel.numa_balancing_scan_period_max_ms': debugfs('numa_balancing/scan_period_max_ms'),
  'kernel.numa_balancing_scan_period_min_ms': debugfs('numa_balancing/scan_period_min_ms'),
  'kernel.numa_balancing_scan_size_mb': debugfs('numa_balancing/scan_size_mb'),
  'kernel.sched_latency_ns': debugfs('latency_ns', 'removed it'),
  'kernel.sched_migration_cost_ns': debugfs('migration_cost_ns'),
  'kernel.sched_min_granularity_ns': debugfs('min_granularity_ns', 'replaced it with base_slice_ns'),
  'kernel.sched_nr_migrate': debugfs('nr_migrate'),
  'kernel.sched_tunable_scaling': debugfs('tunable_scaling'),
  'kernel.sched_wakeup_granularity_ns': debugfs('wakeup_granularity_ns', 'removed it'),
  'net.ipv4.ip_conntrack_max': 'Linux 2.6.22 removed it: the name is net.netfilter.nf_conntrack_max',
  'net.ipv4.netfilter.ip_conntrack_max': 'Linux 4.9 removed it: the name is net.netfilter.nf_conntrack_max',
  'net.ipv4.tcp_tw_recycle': 'Linux 4.12 removed it, since it broke connections from behind NAT: leave it out',
  'vm.block_dump': 'Linux 5.14 removed it: trace block I/O instead',
  'vm.hugepages_treat_as_movable': 'Linux 4.16 removed it: leave it out',
};
