import { ZERO_OR_ONE } from '../bounds.ts';
import { type CtlTable, sysctl } from '../ctl-table.ts';
import { freshDointvecMinmax } from '../fresh.ts';
import type { NetInterface } from '../machine-parts.ts';
import { procLocalPortRange } from '../net/port-ranges.ts';
import { rdsTcpSkbufHandler } from '../net/rds.ts';
import { rdsRecvAllocation } from '../net/sizes.ts';
import { vsockNetChildModeString } from '../net/vsock.ts';
import {
  procDointvec, procDointvecJiffies, procDointvecMinmax, procDointvecMsJiffies, procDouintvec, procDouintvecMinmax, procDoulongvecMinmax,
  procDoulongvecMsJiffiesMinmax,
} from '../proc-dointvec.ts';
import { procDostring } from '../proc-dostring.ts';

/** MAX_JIFFY_OFFSET. */
const MAX_JIFFIES = 2n ** 62n - 2n;
const NOT_NEGATIVE = { extra1: 0n } as const;

/** The files that the module mpls_router adds: mpls_table[] of net/mpls/af_mpls.c. */
export const MPLS_ROUTER_SYSCTLS: readonly CtlTable[] = [
  sysctl('net/mpls/platform_labels', procDointvecMinmax, { boot: [0n], extra1: 0n, extra2: 1_048_575n }),
  sysctl('net/mpls/ip_ttl_propagate', procDointvecMinmax, { boot: [1n], ...ZERO_OR_ONE }),
  sysctl('net/mpls/default_ttl', procDointvecMinmax, { boot: [255n], extra1: 1n, extra2: 255n }),
];

/** The file that it adds for an interface: mpls_dev_table[]. */
export function mplsInterfaceSysctls({ name }: NetInterface): readonly CtlTable[] {
  return [sysctl(`net/mpls/conf/${name}/input`, procDointvec, { boot: [0n] })];
}

/** The file that the module vrf adds. No two vrfs share a table, so that it can be set. Source: vrf_table[] of drivers/net/vrf.c. */
export const VRF_SYSCTLS: readonly CtlTable[] = [sysctl('net/vrf/strict_mode', freshDointvecMinmax, { boot: [0n], ...ZERO_OR_ONE })];

/** The files that the module tipc adds: tipc_table[] of net/tipc/sysctl.c. */
export const TIPC_SYSCTLS: readonly CtlTable[] = [
  sysctl('net/tipc/tipc_rmem', procDointvecMinmax, { boot: [524_288n, 2_097_152n, 16_777_216n], extra1: 1n }),
  sysctl('net/tipc/named_timeout', procDointvecMinmax, { boot: [2000n], ...NOT_NEGATIVE }),
  sysctl('net/tipc/sk_filter', procDoulongvecMinmax, { boot: [0n, 0n, 0n, 0n, 0n] }),
  sysctl('net/tipc/max_tfms', procDointvecMinmax, { boot: [10n], extra1: 1n }),
  sysctl('net/tipc/key_exchange_enabled', procDointvecMinmax, { boot: [1n], ...ZERO_OR_ONE }),
  sysctl('net/tipc/bc_retruni', procDoulongvecMinmax, { boot: [0n] }),
];

/** The files that the module vsock adds: vsock_table[] of net/vmw_vsock/af_vsock.c. */
export const VSOCK_SYSCTLS: readonly CtlTable[] = [
  sysctl('net/vsock/ns_mode', procDostring, { since: '7.2', mode: 0o444, boot: 'global' }),
  sysctl('net/vsock/child_ns_mode', vsockNetChildModeString, { since: '7.2', boot: 'global' }),
  sysctl('net/vsock/g2h_fallback', procDointvecMinmax, { since: '7.2', boot: [1n], ...ZERO_OR_ONE }),
];

/** The files that the module llc2 adds: llc2_timeout_table[] of net/llc/sysctl_net_llc.c. */
export const LLC2_SYSCTLS: readonly CtlTable[] = [
  sysctl('net/llc/llc2/timeout/ack', procDointvecJiffies, { boot: [1n] }),
  sysctl('net/llc/llc2/timeout/busy', procDointvecJiffies, { boot: [3n] }),
  sysctl('net/llc/llc2/timeout/p', procDointvecJiffies, { boot: [2n] }),
  sysctl('net/llc/llc2/timeout/rej', procDointvecJiffies, { boot: [3n] }),
];

/** The file that the module phonet adds: phonet_table[] of net/phonet/sysctl.c. */
export const PHONET_SYSCTLS: readonly CtlTable[] = [
  sysctl('net/phonet/local_port_range', procLocalPortRange, { boot: [64n, 127n], extra1: 0n, extra2: 1023n }),
];

/** Times that were kept in jiffies. */
const IN_JIFFIES = { handler: procDoulongvecMsJiffiesMinmax, extra2: MAX_JIFFIES } as const;

/** The files that the module rxrpc adds: rxrpc_sysctl_table[] of net/rxrpc/sysctl.c. */
export const RXRPC_SYSCTLS: readonly CtlTable[] = [
  sysctl('net/rxrpc/req_ack_delay', procDoulongvecMsJiffiesMinmax, { until: '6.12', boot: [4n], extra1: 1n, extra2: MAX_JIFFIES }),
  sysctl('net/rxrpc/soft_ack_delay', procDoulongvecMinmax, { boot: [1000n], extra1: 1n, extra2: 1000n, before: { '6.12': IN_JIFFIES } }),
  sysctl('net/rxrpc/idle_ack_delay', procDoulongvecMinmax, { boot: [500n], extra1: 1n, extra2: 1000n, before: { '6.12': IN_JIFFIES } }),
  sysctl('net/rxrpc/idle_conn_expiry', procDoulongvecMsJiffiesMinmax, { boot: [120_000n], extra1: 1n, extra2: MAX_JIFFIES }),
  sysctl('net/rxrpc/idle_conn_fast_expiry', procDoulongvecMsJiffiesMinmax, { boot: [2000n], extra1: 1n, extra2: MAX_JIFFIES }),
  sysctl('net/rxrpc/reap_client_conns', procDointvecMinmax, { boot: [900n], extra1: 1n, extra2: 65_535n }),
  sysctl('net/rxrpc/max_backlog', procDointvecMinmax, { boot: [10n], extra1: 4n, extra2: 31n }),
  sysctl('net/rxrpc/rx_window_size', procDointvecMinmax, {
    boot: [255n], extra1: 1n, extra2: 255n, before: { '6.12': { boot: [63n], extra2: 63n } },
  }),
  sysctl('net/rxrpc/rx_mtu', procDointvecMinmax, {
    boot: [65_160n], extra1: 500n, extra2: 65_535n, before: { '7.2': { boot: [5692n], extra1: 1n } },
  }),
  sysctl('net/rxrpc/rx_jumbo_max', procDointvecMinmax, { boot: [46n], extra1: 1n, extra2: 46n, before: { '7.2': { boot: [4n], extra2: 4n } } }),
];

/** The files that the module rds adds: rds_sysctl_rds_table[] of net/rds/sysctl.c. */
export const RDS_SYSCTLS: readonly CtlTable[] = [
  sysctl('net/rds/reconnect_min_delay_ms', procDoulongvecMsJiffiesMinmax, { boot: [4n], extra1: 1n, extra2: 'net.rds.reconnect_max_delay_ms' }),
  sysctl('net/rds/reconnect_max_delay_ms', procDoulongvecMsJiffiesMinmax, { boot: [1000n], extra1: 'net.rds.reconnect_min_delay_ms' }),
  sysctl('net/rds/max_unacked_packets', procDointvec, { boot: [8n] }),
  sysctl('net/rds/max_unacked_bytes', procDointvec, { boot: [16_777_216n] }),
  sysctl('net/rds/ping_enable', procDointvec, { boot: [1n] }),
];

/** SOCK_MIN_RCVBUF and SOCK_MIN_SNDBUF. */
const LEAST_RCVBUF = 2304n;
const LEAST_SNDBUF = 4608n;

/** The files that the module rds_tcp adds: rds_tcp_sysctl_table[] of net/rds/tcp.c. */
export const RDS_TCP_SYSCTLS: readonly CtlTable[] = [
  sysctl('net/rds/tcp/rds_tcp_sndbuf', rdsTcpSkbufHandler, { boot: [0n], extra1: LEAST_SNDBUF }),
  sysctl('net/rds/tcp/rds_tcp_rcvbuf', rdsTcpSkbufHandler, { boot: [0n], extra1: LEAST_RCVBUF }),
];

const UINT_MAX = 2n ** 32n - 1n;

/** The files that the module rds_rdma adds: rds_ib_sysctl_table[] of net/rds/ib_sysctl.c. */
export const RDS_RDMA_SYSCTLS: readonly CtlTable[] = [
  sysctl('net/rds/ib/max_send_wr', procDoulongvecMinmax, { boot: [256n], extra1: 1n, extra2: UINT_MAX }),
  sysctl('net/rds/ib/max_recv_wr', procDoulongvecMinmax, { boot: [1024n], extra1: 1n, extra2: UINT_MAX }),
  sysctl('net/rds/ib/max_unsignaled_wr', procDoulongvecMinmax, { boot: [16n], extra1: 1n, extra2: 64n }),
  sysctl('net/rds/ib/max_recv_allocation', procDoulongvecMinmax, { boot: rdsRecvAllocation }),
  sysctl('net/rds/ib/flow_control', procDointvec, { boot: [0n] }),
];

/** The files that the module dccp adds: dccp_default_table[] of net/dccp/sysctl.c. */
export const DCCP_SYSCTLS: readonly CtlTable[] = [
  sysctl('net/dccp/default/seq_window', procDoulongvecMinmax, { until: '7.2', boot: [100n], extra1: 32n, extra2: UINT_MAX }),
  sysctl('net/dccp/default/rx_ccid', procDointvecMinmax, { until: '7.2', boot: [2n], extra1: 0n, extra2: 255n }),
  sysctl('net/dccp/default/tx_ccid', procDointvecMinmax, { until: '7.2', boot: [2n], extra1: 0n, extra2: 255n }),
  sysctl('net/dccp/default/request_retries', procDointvecMinmax, { until: '7.2', boot: [6n], extra1: 1n, extra2: 255n }),
  sysctl('net/dccp/default/retries1', procDointvecMinmax, { until: '7.2', boot: [3n], extra1: 0n, extra2: 255n }),
  sysctl('net/dccp/default/retries2', procDointvecMinmax, { until: '7.2', boot: [15n], extra1: 0n, extra2: 255n }),
  sysctl('net/dccp/default/tx_qlen', procDointvecMinmax, { until: '7.2', boot: [5n], ...NOT_NEGATIVE }),
  // An eighth of a second, which is not a whole number of ticks.
  sysctl('net/dccp/default/sync_ratelimit', procDointvecMsJiffies, { until: '7.2', boot: [124n] }),
];

/** The files that the module appletalk adds: atalk_table[] of net/appletalk/sysctl_net_atalk.c. */
export const APPLETALK_SYSCTLS: readonly CtlTable[] = [
  sysctl('net/appletalk/aarp-expiry-time', procDointvecJiffies, { until: '7.2', boot: [300n] }),
  sysctl('net/appletalk/aarp-tick-time', procDointvecJiffies, { until: '7.2', boot: [0n] }),
  sysctl('net/appletalk/aarp-retransmit-limit', procDointvec, { until: '7.2', boot: [10n] }),
  sysctl('net/appletalk/aarp-resolve-time', procDointvecJiffies, { until: '7.2', boot: [10n] }),
];

/** From the least size of a buffer to half of INT_MAX. */
const SMC_BUFFER = { extra1: 16_384n, extra2: 2n ** 30n - 1n } as const;

/** The files that the module smc adds: smc_table[] of net/smc/smc_sysctl.c. Debian does not build it for 7.3. */
export const SMC_SYSCTLS: readonly CtlTable[] = [
  sysctl('net/smc/autocorking_size', procDouintvec, { until: '7.2', boot: [65_536n] }),
  sysctl('net/smc/smcr_buf_type', procDouintvecMinmax, { until: '7.2', boot: [0n], extra1: 0n, extra2: 2n }),
  sysctl('net/smc/smcr_testlink_time', procDointvecJiffies, { until: '7.2', boot: [30n] }),
  sysctl('net/smc/wmem', procDointvecMinmax, { until: '7.2', boot: [65_536n], ...SMC_BUFFER }),
  sysctl('net/smc/rmem', procDointvecMinmax, { until: '7.2', boot: [65_536n], ...SMC_BUFFER }),
  sysctl('net/smc/smcr_max_links_per_lgr', procDointvecMinmax, { since: '6.12', until: '7.2', boot: [2n], extra1: 1n, extra2: 2n }),
  sysctl('net/smc/smcr_max_conns_per_lgr', procDointvecMinmax, { since: '6.12', until: '7.2', boot: [255n], extra1: 16n, extra2: 255n }),
  sysctl('net/smc/limit_smc_hs', procDointvecMinmax, { since: '6.12', until: '7.2', boot: [0n], ...ZERO_OR_ONE }),
];

/** The file that the module iw_cm adds: iwcm_ctl_table[] of drivers/infiniband/core/iwcm.c. */
export const IW_CM_SYSCTLS: readonly CtlTable[] = [sysctl('net/iw_cm/default_backlog', procDointvecMinmax, {
  boot: [256n], ...NOT_NEGATIVE, before: { '7.2': { extra1: undefined } },
})];

/** The file that the module rdma_ucm adds: ucma_ctl_table[] of drivers/infiniband/core/ucma.c. */
export const RDMA_UCM_SYSCTLS: readonly CtlTable[] = [sysctl('net/rdma_ucm/max_backlog', procDointvecMinmax, { boot: [1024n], ...NOT_NEGATIVE })];

const LOWPAN = 'net/ieee802154/6lowpan/6lowpanfrag';

/** The files that the module ieee802154_6lowpan adds: lowpan_frags_ns_ctl_table[] and others of net/ieee802154/6lowpan/reassembly.c. */
export const IEEE802154_6LOWPAN_SYSCTLS: readonly CtlTable[] = [
  sysctl(`${LOWPAN}_high_thresh`, procDoulongvecMinmax, { boot: [4_194_304n], extra1: 'net.ieee802154.6lowpan.6lowpanfrag_low_thresh' }),
  sysctl(`${LOWPAN}_low_thresh`, procDoulongvecMinmax, { boot: [3_145_728n], extra2: 'net.ieee802154.6lowpan.6lowpanfrag_high_thresh' }),
  sysctl(`${LOWPAN}_time`, procDointvecJiffies, { boot: [60n] }),
  sysctl(`${LOWPAN}_secret_interval`, procDointvecJiffies, { boot: [0n] }),
];
