/** net/sched: `sch_fq` adds the queueing discipline fq. */
export const QDISC_MODULES = [
  'sch_cake', 'sch_cbs', 'sch_choke', 'sch_codel', 'sch_drr', 'sch_dualpi2', 'sch_etf', 'sch_ets', 'sch_fq', 'sch_fq_pie', 'sch_gred',
  'sch_hfsc', 'sch_hhf', 'sch_htb', 'sch_ingress', 'sch_mqprio', 'sch_multiq', 'sch_netem', 'sch_pie', 'sch_plug', 'sch_prio', 'sch_qfq',
  'sch_red', 'sch_sfb', 'sch_sfq', 'sch_skbprio', 'sch_taprio', 'sch_tbf',
] as const;

/** net/ipv4: `tcp_htcp` adds the algorithm htcp. Of these only bbr is for everybody from the start (TCP_CONG_NON_RESTRICTED). */
export const CONGESTION_MODULES = [
  'tcp_bbr', 'tcp_bic', 'tcp_cdg', 'tcp_dctcp', 'tcp_highspeed', 'tcp_htcp', 'tcp_hybla', 'tcp_illinois', 'tcp_lp', 'tcp_nv', 'tcp_scalable',
  'tcp_vegas', 'tcp_veno', 'tcp_westwood', 'tcp_yeah',
] as const;

/** Modules that add files. */
export const MODULES_WITH_SYSCTLS = ['br_netfilter', 'ip_vs', 'ip_vs_lblc', 'ip_vs_lblcr', 'nf_conntrack'] as const;

/** Modules that configuration roles load and that change no sysctl. */
export const MODULES_WITHOUT_SYSCTLS = [
  '8021q', 'bonding', 'dummy', 'ip_tables', 'ip_vs_rr', 'ip_vs_sh', 'ip_vs_wrr', 'nf_nat', 'overlay', 'veth', 'vxlan', 'xt_conntrack',
] as const;

/** Every module that a machine can have, in the order of the alphabet. */
export const MODULE_NAMES: readonly string[] =
  [...QDISC_MODULES, ...CONGESTION_MODULES, ...MODULES_WITH_SYSCTLS, ...MODULES_WITHOUT_SYSCTLS].sort();

/** What a module's name says that it adds: `fq` of `sch_fq`. */
export function addedBy(module: string): string {
  return module.slice(module.indexOf('_') + 1);
}
