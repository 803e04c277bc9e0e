import { type CtlTable, sysctl } from '../ctl-table.ts';
import { procDoLargeBitmap } from '../proc-do-large-bitmap.ts';
import {
  procDointvec, procDointvecJiffies, procDointvecMinmax, procDointvecMsJiffies, procDou8vecMinmax, procDouintvecMinmax,
  procDoulongvecMinmax,
} from '../proc-dointvec.ts';
import { MILLISECONDS, SECONDS } from '../scales.ts';
import { ZERO_OR_ONE } from '../bounds.ts';

/** Twelve fields of a packet: addresses, protocol, flow label and ports, of the outer and the inner header. */
const FIB_MULTIPATH_HASH_FIELD_ALL_MASK = 2n ** 12n - 1n;
/** IP6_AUTO_FLOW_LABEL_FORCED. */
const IP6_AUTO_FLOW_LABEL_MAX = 3n;
const IOAM6_DEFAULT_ID = 0xff_ffffn;
const IOAM6_DEFAULT_ID_WIDE = 0xff_ffff_ffff_ffffn;
/** GENMASK_U8(ICMP_ERR_EXT_COUNT - 1, 0): one extension. */
const ICMP_ERR_EXT_MASK = 1n;
const ICMPV6_TYPES = 256;

/** ipv6_table_template[] and ipv6_rotable[] of net/ipv6/sysctl_net_ipv6.c. */
const IP: readonly CtlTable[] = [
  sysctl('net/ipv6/bindv6only', procDou8vecMinmax, { boot: [0n] }),
  sysctl('net/ipv6/anycast_src_echo_reply', procDou8vecMinmax, { boot: [0n] }),
  sysctl('net/ipv6/flowlabel_consistency', procDou8vecMinmax, { boot: [1n] }),
  sysctl('net/ipv6/auto_flowlabels', procDou8vecMinmax, { boot: [1n], extra2: IP6_AUTO_FLOW_LABEL_MAX }),
  sysctl('net/ipv6/fwmark_reflect', procDou8vecMinmax, { boot: [0n] }),
  sysctl('net/ipv6/idgen_retries', procDointvec, { boot: [3n] }),
  sysctl('net/ipv6/idgen_delay', procDointvecJiffies, { boot: [1n] }),
  sysctl('net/ipv6/flowlabel_state_ranges', procDou8vecMinmax, { boot: [0n] }),
  sysctl('net/ipv6/ip_nonlocal_bind', procDou8vecMinmax, { boot: [0n] }),
  sysctl('net/ipv6/flowlabel_reflect', procDointvecMinmax, { boot: [0n], extra1: 0n, extra2: 7n }),
  sysctl('net/ipv6/max_dst_opts_number', procDointvec, { boot: [8n] }),
  sysctl('net/ipv6/max_hbh_opts_number', procDointvec, { boot: [8n] }),
  sysctl('net/ipv6/max_dst_opts_length', procDointvec, { boot: [2147483647n] }),
  sysctl('net/ipv6/max_hbh_length', procDointvec, { boot: [2147483647n] }),
  sysctl('net/ipv6/fib_multipath_hash_policy', procDou8vecMinmax, { boot: [0n], extra2: 3n }),
  sysctl('net/ipv6/fib_multipath_hash_fields', procDouintvecMinmax, { boot: [7n], extra1: 1n, extra2: FIB_MULTIPATH_HASH_FIELD_ALL_MASK }),
  sysctl('net/ipv6/seg6_flowlabel', procDointvec, { boot: [0n] }),
  sysctl('net/ipv6/fib_notify_on_flag_change', procDou8vecMinmax, { boot: [0n], extra2: 2n }),
  sysctl('net/ipv6/ioam6_id', procDouintvecMinmax, { boot: [IOAM6_DEFAULT_ID], extra2: IOAM6_DEFAULT_ID }),
  sysctl('net/ipv6/ioam6_id_wide', procDoulongvecMinmax, { boot: [IOAM6_DEFAULT_ID_WIDE], extra2: IOAM6_DEFAULT_ID_WIDE }),
  sysctl('net/ipv6/mld_max_msf', procDointvec, { boot: [64n] }),
  sysctl('net/ipv6/mld_qrv', procDointvecMinmax, { boot: [2n], extra1: 1n }),
  sysctl('net/ipv6/calipso_cache_enable', procDointvec, { boot: [1n] }),
  sysctl('net/ipv6/calipso_cache_bucket_size', procDointvec, { boot: [10n] }),
];

/** ipv6_icmp_table_template[] of net/ipv6/icmp.c. */
const ICMP: readonly CtlTable[] = [
  sysctl('net/ipv6/icmp/ratelimit', procDointvecMsJiffies, { boot: [100n], before: { '7.2': { boot: [1000n] } } }),
  sysctl('net/ipv6/icmp/echo_ignore_all', procDou8vecMinmax, { boot: [0n] }),
  sysctl('net/ipv6/icmp/echo_ignore_multicast', procDou8vecMinmax, { boot: [0n] }),
  sysctl('net/ipv6/icmp/echo_ignore_anycast', procDou8vecMinmax, { boot: [0n] }),
  sysctl('net/ipv6/icmp/ratemask', procDoLargeBitmap, { boot: '0-1,3-127', maxlen: ICMPV6_TYPES }),
  sysctl('net/ipv6/icmp/error_anycast_as_unicast', procDou8vecMinmax, { since: '6.12', boot: [0n], ...ZERO_OR_ONE }),
  sysctl('net/ipv6/icmp/errors_extension_mask', procDou8vecMinmax, { since: '7.2', boot: [0n], extra2: ICMP_ERR_EXT_MASK }),
];

/** ipv6_route_table_template[] of net/ipv6/route.c. */
const ROUTE: readonly CtlTable[] = [
  sysctl('net/ipv6/route/max_size', procDointvec, { boot: [2147483647n] }),
  sysctl('net/ipv6/route/gc_thresh', procDointvec, { boot: [1024n] }),
  sysctl('net/ipv6/route/flush', procDointvec, { mode: 0o200, boot: [0n] }),
  sysctl('net/ipv6/route/gc_min_interval', procDointvecJiffies, {
    boot: [0n], twin: 'net.ipv6.route.gc_min_interval_ms', twinScale: MILLISECONDS,
  }),
  sysctl('net/ipv6/route/gc_timeout', procDointvecJiffies, { boot: [60n] }),
  sysctl('net/ipv6/route/gc_interval', procDointvecJiffies, { boot: [30n] }),
  sysctl('net/ipv6/route/gc_elasticity', procDointvec, { boot: [9n] }),
  sysctl('net/ipv6/route/mtu_expires', procDointvecJiffies, { boot: [600n] }),
  sysctl('net/ipv6/route/min_adv_mss', procDointvec, { boot: [1220n] }),
  sysctl('net/ipv6/route/gc_min_interval_ms', procDointvecMsJiffies, {
    boot: [500n], twin: 'net.ipv6.route.gc_min_interval', twinScale: SECONDS,
  }),
  sysctl('net/ipv6/route/skip_notify_on_dev_down', procDou8vecMinmax, { boot: [0n], ...ZERO_OR_ONE, before: { '6.12': { handler: procDointvecMinmax } } }),
];

/** ip6_frags_ns_ctl_table[] and ip6_frags_ctl_table[] of net/ipv6/reassembly.c. */
const FRAGMENTS: readonly CtlTable[] = [
  sysctl('net/ipv6/ip6frag_high_thresh', procDoulongvecMinmax, { boot: [4194304n], extra1: 'net.ipv6.ip6frag_low_thresh' }),
  sysctl('net/ipv6/ip6frag_low_thresh', procDoulongvecMinmax, { boot: [3145728n], extra2: 'net.ipv6.ip6frag_high_thresh' }),
  sysctl('net/ipv6/ip6frag_time', procDointvecJiffies, { boot: [60n] }),
  sysctl('net/ipv6/ip6frag_secret_interval', procDointvecJiffies, { boot: [0n] }),
];

/** xfrm6_policy_table[] of net/ipv6/xfrm6_policy.c. */
const XFRM6: readonly CtlTable[] = [
  sysctl('net/ipv6/xfrm6_gc_thresh', procDointvec, { boot: [32768n] }),
];

/** The files of /proc/sys/net/ipv6 of Linux 7.3 but for conf and neigh. */
export const NET_IPV6_SYSCTLS: readonly CtlTable[] = [...IP, ...ICMP, ...ROUTE, ...FRAGMENTS, ...XFRM6];
