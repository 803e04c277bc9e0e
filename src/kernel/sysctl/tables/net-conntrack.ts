import { type CtlTable, sysctl } from '../ctl-table.ts';
import { nfConntrackHashSysctl, nfHooksLwtunnelSysctlHandler } from '../net/nf-handlers.ts';
import { conntrackExpectMax, conntrackTableSize } from '../net/sizes.ts';
import { procDointvec, procDointvecJiffies, procDointvecMinmax, procDou8vecMinmax, procDoulongvecMinmax } from '../proc-dointvec.ts';
import { ZERO_OR_ONE } from '../bounds.ts';

/** nf_ct_sysctl_table[] and nf_ct_netfilter_table[] of net/netfilter/nf_conntrack_standalone.c. */
export const NF_CONNTRACK_SYSCTLS: readonly CtlTable[] = [
  sysctl('net/netfilter/nf_conntrack_max', procDointvecMinmax, {
    boot: conntrackTableSize, extra1: 1n, twin: 'net.nf_conntrack_max', before: { '7.2': { extra1: 0n } },
  }),
  sysctl('net/netfilter/nf_conntrack_count', procDointvec, { mode: 0o444, boot: [0n] }),
  sysctl('net/netfilter/nf_conntrack_buckets', nfConntrackHashSysctl, { boot: conntrackTableSize }),
  sysctl('net/netfilter/nf_conntrack_checksum', procDou8vecMinmax, { boot: [1n], ...ZERO_OR_ONE }),
  sysctl('net/netfilter/nf_conntrack_log_invalid', procDou8vecMinmax, { boot: [0n] }),
  sysctl('net/netfilter/nf_conntrack_expect_max', procDointvecMinmax, { boot: conntrackExpectMax, extra1: 1n }),
  sysctl('net/netfilter/nf_conntrack_acct', procDou8vecMinmax, { boot: [0n], ...ZERO_OR_ONE }),
  sysctl('net/netfilter/nf_conntrack_events', procDou8vecMinmax, { boot: [2n], extra2: 2n }),
  sysctl('net/netfilter/nf_conntrack_timestamp', procDou8vecMinmax, { boot: [0n], ...ZERO_OR_ONE }),
  sysctl('net/netfilter/nf_conntrack_generic_timeout', procDointvecJiffies, { boot: [600n] }),
  sysctl('net/netfilter/nf_conntrack_tcp_timeout_syn_sent', procDointvecJiffies, { boot: [120n] }),
  sysctl('net/netfilter/nf_conntrack_tcp_timeout_syn_recv', procDointvecJiffies, { boot: [60n] }),
  sysctl('net/netfilter/nf_conntrack_tcp_timeout_established', procDointvecJiffies, { boot: [432000n] }),
  sysctl('net/netfilter/nf_conntrack_tcp_timeout_fin_wait', procDointvecJiffies, { boot: [120n] }),
  sysctl('net/netfilter/nf_conntrack_tcp_timeout_close_wait', procDointvecJiffies, { boot: [60n] }),
  sysctl('net/netfilter/nf_conntrack_tcp_timeout_last_ack', procDointvecJiffies, { boot: [30n] }),
  sysctl('net/netfilter/nf_conntrack_tcp_timeout_time_wait', procDointvecJiffies, { boot: [120n] }),
  sysctl('net/netfilter/nf_conntrack_tcp_timeout_close', procDointvecJiffies, { boot: [10n] }),
  sysctl('net/netfilter/nf_conntrack_tcp_timeout_max_retrans', procDointvecJiffies, { boot: [300n] }),
  sysctl('net/netfilter/nf_conntrack_tcp_timeout_unacknowledged', procDointvecJiffies, { boot: [300n] }),
  sysctl('net/netfilter/nf_flowtable_tcp_timeout', procDointvecJiffies, { boot: [30n] }),
  sysctl('net/netfilter/nf_conntrack_tcp_loose', procDou8vecMinmax, { boot: [1n], ...ZERO_OR_ONE }),
  sysctl('net/netfilter/nf_conntrack_tcp_be_liberal', procDou8vecMinmax, { boot: [0n], ...ZERO_OR_ONE }),
  sysctl('net/netfilter/nf_conntrack_tcp_ignore_invalid_rst', procDou8vecMinmax, { boot: [0n], ...ZERO_OR_ONE }),
  sysctl('net/netfilter/nf_conntrack_tcp_max_retrans', procDou8vecMinmax, { boot: [3n] }),
  sysctl('net/netfilter/nf_conntrack_udp_timeout', procDointvecJiffies, { boot: [30n] }),
  sysctl('net/netfilter/nf_conntrack_udp_timeout_stream', procDointvecJiffies, { boot: [120n] }),
  sysctl('net/netfilter/nf_flowtable_udp_timeout', procDointvecJiffies, { boot: [30n] }),
  sysctl('net/netfilter/nf_conntrack_icmp_timeout', procDointvecJiffies, { boot: [30n] }),
  sysctl('net/netfilter/nf_conntrack_icmpv6_timeout', procDointvecJiffies, { boot: [30n] }),
  sysctl('net/netfilter/nf_conntrack_sctp_timeout_closed', procDointvecJiffies, { boot: [10n] }),
  sysctl('net/netfilter/nf_conntrack_sctp_timeout_cookie_wait', procDointvecJiffies, { boot: [3n] }),
  sysctl('net/netfilter/nf_conntrack_sctp_timeout_cookie_echoed', procDointvecJiffies, { boot: [3n] }),
  sysctl('net/netfilter/nf_conntrack_sctp_timeout_established', procDointvecJiffies, { boot: [210n] }),
  sysctl('net/netfilter/nf_conntrack_sctp_timeout_shutdown_sent', procDointvecJiffies, { boot: [3n] }),
  sysctl('net/netfilter/nf_conntrack_sctp_timeout_shutdown_recd', procDointvecJiffies, { boot: [3n] }),
  sysctl('net/netfilter/nf_conntrack_sctp_timeout_shutdown_ack_sent', procDointvecJiffies, { boot: [3n] }),
  sysctl('net/netfilter/nf_conntrack_sctp_timeout_heartbeat_sent', procDointvecJiffies, { boot: [30n] }),
  sysctl('net/netfilter/nf_conntrack_dccp_timeout_request', procDointvecJiffies, { until: '7.2', boot: [240n] }),
  sysctl('net/netfilter/nf_conntrack_dccp_timeout_respond', procDointvecJiffies, { until: '7.2', boot: [480n] }),
  sysctl('net/netfilter/nf_conntrack_dccp_timeout_partopen', procDointvecJiffies, { until: '7.2', boot: [480n] }),
  sysctl('net/netfilter/nf_conntrack_dccp_timeout_open', procDointvecJiffies, { until: '7.2', boot: [43_200n] }),
  sysctl('net/netfilter/nf_conntrack_dccp_timeout_closereq', procDointvecJiffies, { until: '7.2', boot: [64n] }),
  sysctl('net/netfilter/nf_conntrack_dccp_timeout_closing', procDointvecJiffies, { until: '7.2', boot: [64n] }),
  sysctl('net/netfilter/nf_conntrack_dccp_timeout_timewait', procDointvecJiffies, { until: '7.2', boot: [240n] }),
  sysctl('net/netfilter/nf_conntrack_dccp_loose', procDou8vecMinmax, { until: '7.2', boot: [1n], ...ZERO_OR_ONE }),
  sysctl('net/netfilter/nf_conntrack_gre_timeout', procDointvecJiffies, { boot: [30n] }),
  sysctl('net/netfilter/nf_conntrack_gre_timeout_stream', procDointvecJiffies, { boot: [180n] }),
  // Of the kernel itself since then.
  sysctl('net/netfilter/nf_hooks_lwtunnel', nfHooksLwtunnelSysctlHandler, { until: '6.12', boot: [0n], ...ZERO_OR_ONE }),
  sysctl('net/nf_conntrack_max', procDointvecMinmax, {
    boot: conntrackTableSize, extra1: 1n, twin: 'net.netfilter.nf_conntrack_max', before: { '7.2': { extra1: 0n } },
  }),
];

/** The files that the module nf_defrag_ipv6 adds: nf_ct_frag6_sysctl_table[] of net/ipv6/netfilter/nf_conntrack_reasm.c. */
export const NF_DEFRAG_IPV6_SYSCTLS: readonly CtlTable[] = [
  sysctl('net/netfilter/nf_conntrack_frag6_timeout', procDointvecJiffies, { boot: [60n] }),
  sysctl('net/netfilter/nf_conntrack_frag6_low_thresh', procDoulongvecMinmax, {
    boot: [3145728n], extra2: 'net.netfilter.nf_conntrack_frag6_high_thresh',
  }),
  sysctl('net/netfilter/nf_conntrack_frag6_high_thresh', procDoulongvecMinmax, {
    boot: [4194304n], extra1: 'net.netfilter.nf_conntrack_frag6_low_thresh',
  }),
];
