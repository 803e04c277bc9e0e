// Apart from the explanations: this is a table.
/**
 * Names that are still in configurations although none of the emulated kernels knows them, with the reason. Sources: the commits that
 * removed them; Documentation/admin-guide/sysctl.
 */
export const HISTORY: Readonly<Record<string, string>> = {
  'kernel.exec-shield': 'it was a patch of Red Hat Enterprise Linux up to 6, and Linux never had it: the processor does it, leave it out',
  'kernel.sched_latency_ns': 'Linux 5.13 moved it to /sys/kernel/debug/sched/latency_ns, which sysctl.d files do not reach',
  'kernel.sched_migration_cost_ns': 'Linux 5.13 moved it to /sys/kernel/debug/sched/migration_cost_ns, which sysctl.d files do not reach',
  'kernel.sched_min_granularity_ns': 'Linux 5.13 moved it to /sys/kernel/debug/sched/min_granularity_ns, which sysctl.d files do not reach',
  'kernel.sched_nr_migrate': 'Linux 5.13 moved it to /sys/kernel/debug/sched/nr_migrate, which sysctl.d files do not reach',
  'kernel.sched_tunable_scaling': 'Linux 5.13 moved it to /sys/kernel/debug/sched/tunable_scaling, which sysctl.d files do not reach',
  'kernel.sched_wakeup_granularity_ns': 'Linux 5.13 moved it to /sys/kernel/debug/sched/wakeup_granularity_ns, which sysctl.d files do not reach',
  'net.ipv4.ip_conntrack_max': 'its name has been net.netfilter.nf_conntrack_max since Linux 2.6.20',
  'net.ipv4.netfilter.ip_conntrack_max': 'its name has been net.netfilter.nf_conntrack_max since Linux 2.6.20, and Linux 4.9 removed the old one',
  'net.ipv4.tcp_tw_recycle': 'Linux 4.12 removed it, since it broke connections from behind NAT: leave it out',
  'vm.block_dump': 'Linux 5.13 removed it: trace block I/O instead',
};
