import { NET_ADMIN } from '../capability-checks.ts';
import { type CtlTable, sysctl } from '../ctl-table.ts';
import { ipv4SysctlRtcacheFlush } from '../net/core-handlers.ts';
import { devinetSysctlForward } from '../net/devinet.ts';
import { ipv4LocalPortRange, ipv4PingGroupRange, ipv4PrivilegedPorts } from '../net/port-ranges.ts';
import { inetPeerThreshold, udpHashEntries, udpMem } from '../net/sizes.ts';
import { procDoLargeBitmap } from '../proc-do-large-bitmap.ts';
import {
  procDointvec, procDointvecJiffies, procDointvecMinmax, procDointvecMsJiffies, procDou8vecMinmax, procDouintvec, procDouintvecMinmax,
  procDoulongvecMinmax,
} from '../proc-dointvec.ts';
import { MILLISECONDS, SECONDS } from '../scales.ts';
import { ZERO_OR_ONE } from '../bounds.ts';

const PORTS = 65_536;
const GID_T_MAX = 2n ** 32n - 2n;
const IPV4_MIN_MTU = 68n;
const UDP_HTABLE_SIZE_MAX = 65_536n;
/** Twelve fields of a packet: addresses, protocol, flow label and ports, of the outer and the inner header. */
const FIB_MULTIPATH_HASH_FIELD_ALL_MASK = 2n ** 12n - 1n;
/** GENMASK_U8(ICMP_ERR_EXT_COUNT - 1, 0): one extension. */
const ICMP_ERR_EXT_MASK = 1n;

/** ipv4_table[] and ipv4_net_table[] of net/ipv4/sysctl_net_ipv4.c but for TCP and UDP, and ctl_forward_entry[] of net/ipv4/devinet.c. */
const IP: readonly CtlTable[] = [
  sysctl('net/ipv4/ip_forward', devinetSysctlForward, { boot: [0n], capability: NET_ADMIN }),
  sysctl('net/ipv4/inet_peer_threshold', procDointvec, { boot: inetPeerThreshold }),
  sysctl('net/ipv4/inet_peer_minttl', procDointvecJiffies, { boot: [120n] }),
  sysctl('net/ipv4/inet_peer_maxttl', procDointvecJiffies, { boot: [600n] }),
  sysctl('net/ipv4/cipso_cache_enable', procDointvec, { boot: [1n] }),
  sysctl('net/ipv4/cipso_cache_bucket_size', procDointvec, { boot: [10n] }),
  sysctl('net/ipv4/cipso_rbm_optfmt', procDointvec, { boot: [0n] }),
  sysctl('net/ipv4/cipso_rbm_strictvalid', procDointvec, { boot: [1n] }),
  sysctl('net/ipv4/fib_sync_mem', procDouintvecMinmax, { boot: [524288n], extra1: 64n * 1024n, extra2: 64n * 1024n * 1024n }),
  sysctl('net/ipv4/icmp_echo_ignore_all', procDou8vecMinmax, { boot: [0n], ...ZERO_OR_ONE }),
  sysctl('net/ipv4/icmp_echo_enable_probe', procDou8vecMinmax, { boot: [0n], ...ZERO_OR_ONE }),
  sysctl('net/ipv4/icmp_echo_ignore_broadcasts', procDou8vecMinmax, { boot: [1n], ...ZERO_OR_ONE }),
  sysctl('net/ipv4/icmp_ignore_bogus_error_responses', procDou8vecMinmax, { boot: [1n], ...ZERO_OR_ONE }),
  sysctl('net/ipv4/icmp_errors_use_inbound_ifaddr', procDou8vecMinmax, { boot: [0n], ...ZERO_OR_ONE }),
  sysctl('net/ipv4/icmp_errors_extension_mask', procDou8vecMinmax, { since: '7.2', boot: [0n], extra2: ICMP_ERR_EXT_MASK }),
  sysctl('net/ipv4/icmp_ratelimit', procDointvecMsJiffies, { boot: [1000n] }),
  sysctl('net/ipv4/icmp_ratemask', procDointvec, { boot: [6168n] }),
  sysctl('net/ipv4/icmp_msgs_per_sec', procDointvecMinmax, { boot: [10000n], extra1: 0n, before: { '7.2': { boot: [1000n] } } }),
  sysctl('net/ipv4/icmp_msgs_burst', procDointvecMinmax, { boot: [10000n], extra1: 0n, before: { '7.2': { boot: [50n] } } }),
  sysctl('net/ipv4/ping_group_range', ipv4PingGroupRange, { boot: [1n, 0n], extra1: 0n, extra2: GID_T_MAX, allOrNothing: true }),
  sysctl('net/ipv4/raw_l3mdev_accept', procDou8vecMinmax, { boot: [1n], ...ZERO_OR_ONE }),
  sysctl('net/ipv4/ip_dynaddr', procDou8vecMinmax, { boot: [0n] }),
  sysctl('net/ipv4/ip_early_demux', procDou8vecMinmax, { boot: [1n] }),
  sysctl('net/ipv4/nexthop_compat_mode', procDou8vecMinmax, { boot: [1n], ...ZERO_OR_ONE }),
  sysctl('net/ipv4/ip_default_ttl', procDou8vecMinmax, { boot: [64n], extra1: 1n, extra2: 255n }),
  sysctl('net/ipv4/ip_local_port_range', ipv4LocalPortRange, { boot: [32768n, 60999n], extra1: 1n, extra2: 65535n, allOrNothing: true }),
  sysctl('net/ipv4/ip_local_port_step_width', procDouintvec, { since: '7.2', boot: [0n] }),
  sysctl('net/ipv4/ip_local_reserved_ports', procDoLargeBitmap, { boot: '', maxlen: PORTS }),
  sysctl('net/ipv4/ip_no_pmtu_disc', procDou8vecMinmax, { boot: [0n] }),
  sysctl('net/ipv4/ip_forward_use_pmtu', procDou8vecMinmax, { boot: [0n] }),
  sysctl('net/ipv4/ip_forward_update_priority', procDou8vecMinmax, { boot: [1n], ...ZERO_OR_ONE }),
  sysctl('net/ipv4/ip_nonlocal_bind', procDou8vecMinmax, { boot: [0n] }),
  sysctl('net/ipv4/ip_autobind_reuse', procDou8vecMinmax, { boot: [0n], ...ZERO_OR_ONE }),
  sysctl('net/ipv4/fwmark_reflect', procDou8vecMinmax, { boot: [0n] }),
  sysctl('net/ipv4/igmp_link_local_mcast_reports', procDou8vecMinmax, { boot: [1n] }),
  sysctl('net/ipv4/igmp_max_memberships', procDointvec, { boot: [20n] }),
  sysctl('net/ipv4/igmp_max_msf', procDointvec, { boot: [10n] }),
  sysctl('net/ipv4/igmp_qrv', procDointvecMinmax, { boot: [2n], extra1: 1n }),
  sysctl('net/ipv4/fib_multipath_use_neigh', procDou8vecMinmax, { boot: [0n], ...ZERO_OR_ONE }),
  sysctl('net/ipv4/fib_multipath_hash_policy', procDou8vecMinmax, { boot: [0n], extra2: 3n }),
  sysctl('net/ipv4/fib_multipath_hash_fields', procDouintvecMinmax, { boot: [7n], extra1: 1n, extra2: FIB_MULTIPATH_HASH_FIELD_ALL_MASK }),
  sysctl('net/ipv4/fib_multipath_hash_seed', procDouintvecMinmax, { since: '6.12', boot: [0n] }),
  sysctl('net/ipv4/ip_unprivileged_port_start', ipv4PrivilegedPorts, { boot: [1024n], extra1: 0n, extra2: 65535n }),
  sysctl('net/ipv4/fib_notify_on_flag_change', procDou8vecMinmax, { boot: [0n], extra2: 2n }),
];

/** UDP, of the same tables. */
const UDP: readonly CtlTable[] = [
  sysctl('net/ipv4/udp_mem', procDoulongvecMinmax, { boot: udpMem }),
  sysctl('net/ipv4/udp_early_demux', procDou8vecMinmax, { boot: [1n] }),
  sysctl('net/ipv4/udp_l3mdev_accept', procDou8vecMinmax, { boot: [0n], ...ZERO_OR_ONE }),
  sysctl('net/ipv4/udp_hash_entries', procDointvec, { since: '6.12', mode: 0o444, boot: udpHashEntries }),
  sysctl('net/ipv4/udp_child_hash_entries', procDouintvecMinmax, { since: '6.12', boot: [0n], extra2: UDP_HTABLE_SIZE_MAX }),
  sysctl('net/ipv4/udp_rmem_min', procDointvecMinmax, { boot: [4096n], extra1: 1n }),
  sysctl('net/ipv4/udp_wmem_min', procDointvecMinmax, { boot: [4096n], extra1: 1n }),
];

/** ip4_frags_ns_ctl_table[] and ip4_frags_ctl_table[] of net/ipv4/ip_fragment.c. */
const FRAGMENTS: readonly CtlTable[] = [
  sysctl('net/ipv4/ipfrag_high_thresh', procDoulongvecMinmax, { boot: [4194304n], extra1: 'net.ipv4.ipfrag_low_thresh' }),
  sysctl('net/ipv4/ipfrag_low_thresh', procDoulongvecMinmax, { boot: [3145728n], extra2: 'net.ipv4.ipfrag_high_thresh' }),
  sysctl('net/ipv4/ipfrag_time', procDointvecJiffies, { boot: [30n] }),
  sysctl('net/ipv4/ipfrag_max_dist', procDointvecMinmax, { boot: [64n], extra1: 0n }),
  sysctl('net/ipv4/ipfrag_secret_interval', procDointvecJiffies, { boot: [0n] }),
];

/** ipv4_route_table[] and ipv4_route_netns_table[] of net/ipv4/route.c. */
const ROUTE: readonly CtlTable[] = [
  sysctl('net/ipv4/route/flush', ipv4SysctlRtcacheFlush, { mode: 0o200 }),
  sysctl('net/ipv4/route/gc_thresh', procDointvec, { boot: [-1n] }),
  sysctl('net/ipv4/route/max_size', procDointvec, { boot: [2147483647n] }),
  sysctl('net/ipv4/route/gc_min_interval', procDointvecJiffies, {
    boot: [0n], twin: 'net.ipv4.route.gc_min_interval_ms', twinScale: MILLISECONDS,
  }),
  sysctl('net/ipv4/route/gc_min_interval_ms', procDointvecMsJiffies, {
    boot: [500n], twin: 'net.ipv4.route.gc_min_interval', twinScale: SECONDS,
  }),
  sysctl('net/ipv4/route/gc_timeout', procDointvecJiffies, { boot: [300n] }),
  sysctl('net/ipv4/route/gc_interval', procDointvecJiffies, { boot: [60n] }),
  sysctl('net/ipv4/route/redirect_load', procDointvec, { boot: [5n] }),
  sysctl('net/ipv4/route/redirect_number', procDointvec, { boot: [9n] }),
  sysctl('net/ipv4/route/redirect_silence', procDointvec, { boot: [5120n] }),
  sysctl('net/ipv4/route/error_cost', procDointvec, { boot: [250n] }),
  sysctl('net/ipv4/route/error_burst', procDointvec, { boot: [1250n] }),
  sysctl('net/ipv4/route/gc_elasticity', procDointvec, { boot: [8n] }),
  sysctl('net/ipv4/route/min_pmtu', procDointvecMinmax, { boot: [552n], extra1: IPV4_MIN_MTU }),
  sysctl('net/ipv4/route/mtu_expires', procDointvecJiffies, { boot: [600n] }),
  sysctl('net/ipv4/route/min_adv_mss', procDointvec, { boot: [256n] }),
];

/** xfrm4_policy_table[] of net/ipv4/xfrm4_policy.c. */
const XFRM4: readonly CtlTable[] = [
  sysctl('net/ipv4/xfrm4_gc_thresh', procDointvec, { boot: [32768n] }),
];

/** The files of /proc/sys/net/ipv4 of Linux 7.3 but for TCP, conf and neigh. */
export const NET_IPV4_SYSCTLS: readonly CtlTable[] = [...IP, ...UDP, ...FRAGMENTS, ...ROUTE, ...XFRM4];
