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
export const MODULES_WITH_SYSCTLS = [
  'af_alg', 'appletalk', 'br_netfilter', 'cdrom', 'coda', 'dccp', 'ieee802154_6lowpan', 'ip_vs', 'ip_vs_lblc', 'ip_vs_lblcr', 'ipmi_poweroff',
  'iw_cm', 'llc2', 'lockd', 'md_mod', 'mpls_router', 'nf_conntrack', 'nf_defrag_ipv6', 'nfs', 'nfsv4', 'ocfs2_stackglue', 'parport', 'phonet',
  'rdma_ucm', 'rds', 'rds_rdma', 'rds_tcp', 'rpcrdma', 'rxrpc', 'scsi_mod', 'sctp', 'sg', 'smc', 'sunrpc', 'test_sysctl', 'tipc', 'vrf',
  'vsock', 'xfs',
] as const;

/** Modules that configuration roles load and that add no sysctl. Those that they need may add some, and a logger adds a name. */
export const MODULES_WITHOUT_SYSCTLS = [
  '8021q', 'bonding', 'bridge', 'dummy', 'fuse', 'ip6_tables', 'ip6table_filter', 'ip6table_nat', 'ip_set', 'ip_tables', 'ip_vs_dh', 'ip_vs_lc',
  'ip_vs_rr', 'ip_vs_sed', 'ip_vs_sh', 'ip_vs_wlc', 'ip_vs_wrr', 'iptable_filter', 'iptable_nat', 'loop', 'mpls_iptunnel', 'nf_conntrack_ftp',
  'nf_conntrack_netlink', 'nf_conntrack_pptp', 'nf_conntrack_sip', 'nf_conntrack_tftp', 'nf_defrag_ipv4', 'nf_log_syslog', 'nf_nat',
  'nf_tables', 'nfnetlink_log', 'nfsd', 'nfsv3', 'nft_ct', 'openvswitch', 'overlay', 'rbd', 'stp', 'tls', 'tun', 'veth', 'vhost_net', 'vxlan',
  'wireguard', 'xt_conntrack', 'xt_CT', 'xt_MASQUERADE', 'xt_nat', 'xt_state',
] as const;

const CONNTRACK = ['nf_defrag_ipv6', 'nf_defrag_ipv4', 'nf_conntrack'];
const IP_VS = [...CONNTRACK, 'ip_vs'];
const NFS = ['sunrpc', 'lockd', 'nfs'];
const NEEDS_CONNTRACK = [
  'ip_vs', 'iptable_nat', 'ip6table_nat', 'nf_conntrack_ftp', 'nf_conntrack_netlink', 'nf_conntrack_pptp', 'nf_conntrack_sip',
  'nf_conntrack_tftp', 'nf_nat', 'nft_ct', 'openvswitch', 'xt_conntrack', 'xt_CT', 'xt_MASQUERADE', 'xt_nat', 'xt_state',
];
const NEEDS_IP_VS = ['ip_vs_dh', 'ip_vs_lblc', 'ip_vs_lblcr', 'ip_vs_lc', 'ip_vs_rr', 'ip_vs_sed', 'ip_vs_sh', 'ip_vs_wlc', 'ip_vs_wrr'];

/** What modprobe(8) loads before a module, in that order; only modules that count here. Source: modules.dep of the recorded kernel. */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(NEEDS_CONNTRACK.map((name) => [name, CONNTRACK])),
  ...Object.fromEntries(NEEDS_IP_VS.map((name) => [name, IP_VS])),
  br_netfilter: ['stp', 'bridge'],
  bridge: ['stp'],
  lockd: ['sunrpc'],
  mpls_iptunnel: ['mpls_router'],
  nf_conntrack: ['nf_defrag_ipv6', 'nf_defrag_ipv4'],
  nfs: ['sunrpc', 'lockd'],
  nfsd: ['sunrpc', 'lockd'],
  nfsv3: NFS,
  nfsv4: NFS,
  rdma_ucm: ['iw_cm'],
  rds_rdma: ['rds', 'iw_cm'],
  rds_tcp: ['rds'],
  rpcrdma: ['sunrpc', 'iw_cm'],
  sg: ['scsi_mod'],
};

/** Modules and those that they need, each once, in the order in which modprobe(8) loads them. */
export function withNeeded(modules: readonly string[]): string[] {
  return [...new Set(modules.flatMap((name) => [...NEEDED[name] ?? [], name]))];
}

/** Every module that a machine can have, in the order of the alphabet. */
export const MODULE_NAMES: readonly string[] =
  [...QDISC_MODULES, ...CONGESTION_MODULES, ...MODULES_WITH_SYSCTLS, ...MODULES_WITHOUT_SYSCTLS].sort();

/** What a module's name says that it adds: `fq` of `sch_fq`. */
export function addedBy(module: string): string {
  return module.slice(module.indexOf('_') + 1);
}
