import { type CtlTable, sysctl } from '../ctl-table.ts';
import { congestionControls } from '../modules/modules.ts';
import { procAllowedCongestionControl, procTcpCongestionControl } from '../net/tcp-congestion-control.ts';
import { procTcpFastopenKey } from '../net/tcp-fastopen-key.ts';
import { halfOfEhash, tcpEhashEntries, tcpMaxSynBacklog, tcpMem, tcpRmem, tcpWmem } from '../net/sizes.ts';
import {
  procDointvec, procDointvecJiffies, procDointvecMinmax, procDointvecMsJiffies, procDou8vecMinmax, procDouintvec, procDouintvecMinmax,
  procDoulongvecMinmax,
} from '../proc-dointvec.ts';
import { procDostring } from '../proc-dostring.ts';
import { HZ } from '../scales.ts';
import { ZERO_OR_ONE } from '../bounds.ts';

const PAGE_SIZE = 4096n;
const UINT_MAX = 2n ** 32n - 1n;
const ONE_DAY_SECS = 24n * 3600n;
const TCP_ECN_MODE_MAX = 5n;
const TCP_MIN_SND_MSS = 48n;
const MAX_TCP_SYNCNT = 127n;
const TCP_RTO_MAX_MS = 120_000n;
const TCP_PAWS_MSL_MS = 60_000n;
const TCP_PLB_MAX_ROUNDS = 31n;
const TCP_PLB_MAX_CONG_THRESH = 256n;
const TCP_CHILD_EHASH_MAX = 16n * 1024n * 1024n;
/** Bytes of the name of an algorithm with its NUL, and of a list of 128. */
const TCP_CA_NAME_MAX = 16;
const TCP_CA_BUF_MAX = TCP_CA_NAME_MAX * 128;
/** Two keys of 16 bytes in hexadecimal, with what is between and after. */
const TCP_FASTOPEN_KEYS_LENGTH = 16 * 2 * 2 + 2 * 5;
/** What is shown as long as there is no key. */
const NO_KEY = '00000000-00000000-00000000-00000000';

/** TCP in /proc/sys/net/ipv4 of Linux 7.3: ipv4_table[] and ipv4_net_table[] of net/ipv4/sysctl_net_ipv4.c. */
export const NET_TCP_SYSCTLS: readonly CtlTable[] = [
  sysctl('net/ipv4/tcp_max_orphans', procDointvec, { boot: halfOfEhash }),
  sysctl('net/ipv4/tcp_mem', procDoulongvecMinmax, { boot: tcpMem }),
  sysctl('net/ipv4/tcp_low_latency', procDointvec, { boot: [0n] }),
  sysctl('net/ipv4/tcp_available_ulp', procDostring, { mode: 0o444, boot: 'mptcp' }),
  sysctl('net/ipv4/tcp_max_tw_buckets', procDointvec, { boot: halfOfEhash }),
  sysctl('net/ipv4/tcp_ecn', procDou8vecMinmax, { boot: [2n], extra2: TCP_ECN_MODE_MAX, before: { '7.2': { extra2: 2n } } }),
  sysctl('net/ipv4/tcp_ecn_option', procDou8vecMinmax, { since: '7.2', boot: [2n], extra2: 3n }),
  sysctl('net/ipv4/tcp_ecn_option_beacon', procDou8vecMinmax, { since: '7.2', boot: [3n], extra2: 3n }),
  sysctl('net/ipv4/tcp_ecn_fallback', procDou8vecMinmax, { boot: [1n], ...ZERO_OR_ONE }),
  sysctl('net/ipv4/tcp_early_demux', procDou8vecMinmax, { boot: [1n] }),
  sysctl('net/ipv4/tcp_fwmark_accept', procDou8vecMinmax, { boot: [0n] }),
  sysctl('net/ipv4/tcp_l3mdev_accept', procDou8vecMinmax, { boot: [0n], ...ZERO_OR_ONE }),
  sysctl('net/ipv4/tcp_mtu_probing', procDou8vecMinmax, { boot: [0n] }),
  sysctl('net/ipv4/tcp_base_mss', procDointvec, { boot: [1024n] }),
  sysctl('net/ipv4/tcp_min_snd_mss', procDointvecMinmax, { boot: [48n], extra1: TCP_MIN_SND_MSS, extra2: 65535n }),
  sysctl('net/ipv4/tcp_mtu_probe_floor', procDointvecMinmax, { boot: [48n], extra1: TCP_MIN_SND_MSS, extra2: 65535n }),
  sysctl('net/ipv4/tcp_probe_threshold', procDointvec, { boot: [8n] }),
  sysctl('net/ipv4/tcp_probe_interval', procDouintvecMinmax, { boot: [600n], extra2: UINT_MAX / HZ }),
  sysctl('net/ipv4/tcp_congestion_control', procTcpCongestionControl, { boot: 'cubic', maxlen: TCP_CA_NAME_MAX }),
  sysctl('net/ipv4/tcp_available_congestion_control', procDostring, {
    mode: 0o444, boot: ({ modules = [] }) => congestionControls(modules, 'available'), maxlen: TCP_CA_BUF_MAX,
  }),
  sysctl('net/ipv4/tcp_allowed_congestion_control', procAllowedCongestionControl, {
    boot: ({ modules = [] }) => congestionControls(modules, 'allowed'), maxlen: TCP_CA_BUF_MAX,
  }),
  sysctl('net/ipv4/tcp_keepalive_time', procDointvecJiffies, { boot: [7200n] }),
  sysctl('net/ipv4/tcp_keepalive_probes', procDou8vecMinmax, { boot: [9n] }),
  sysctl('net/ipv4/tcp_keepalive_intvl', procDointvecJiffies, { boot: [75n] }),
  sysctl('net/ipv4/tcp_syn_retries', procDou8vecMinmax, { boot: [6n], extra1: 1n, extra2: MAX_TCP_SYNCNT }),
  sysctl('net/ipv4/tcp_synack_retries', procDou8vecMinmax, { boot: [5n] }),
  sysctl('net/ipv4/tcp_syncookies', procDou8vecMinmax, { boot: [1n] }),
  sysctl('net/ipv4/tcp_migrate_req', procDou8vecMinmax, { boot: [0n], ...ZERO_OR_ONE }),
  sysctl('net/ipv4/tcp_reordering', procDointvecMinmax, {
    boot: [3n], extra1: 1n, extra2: 'net.ipv4.tcp_max_reordering', before: { '6.12': { extra1: undefined, extra2: undefined } },
  }),
  sysctl('net/ipv4/tcp_retries1', procDou8vecMinmax, { boot: [3n] }),
  sysctl('net/ipv4/tcp_retries2', procDou8vecMinmax, { boot: [15n] }),
  sysctl('net/ipv4/tcp_orphan_retries', procDou8vecMinmax, { boot: [0n] }),
  sysctl('net/ipv4/tcp_fin_timeout', procDointvecJiffies, { boot: [60n] }),
  sysctl('net/ipv4/tcp_notsent_lowat', procDouintvec, { boot: [4294967295n] }),
  sysctl('net/ipv4/tcp_tw_reuse', procDou8vecMinmax, { boot: [2n], extra2: 2n }),
  sysctl('net/ipv4/tcp_tw_reuse_delay', procDouintvecMinmax, { since: '7.2', boot: [1000n], extra1: 1n, extra2: TCP_PAWS_MSL_MS }),
  sysctl('net/ipv4/tcp_max_syn_backlog', procDointvec, { boot: tcpMaxSynBacklog }),
  sysctl('net/ipv4/tcp_fastopen', procDointvec, { boot: [1n] }),
  sysctl('net/ipv4/tcp_fastopen_key', procTcpFastopenKey, { mode: 0o600, boot: NO_KEY, maxlen: TCP_FASTOPEN_KEYS_LENGTH }),
  sysctl('net/ipv4/tcp_fastopen_blackhole_timeout_sec', procDointvecMinmax, { boot: [0n], extra1: 0n }),
  sysctl('net/ipv4/tcp_sack', procDou8vecMinmax, { boot: [1n] }),
  sysctl('net/ipv4/tcp_window_scaling', procDou8vecMinmax, { boot: [1n] }),
  sysctl('net/ipv4/tcp_timestamps', procDou8vecMinmax, { boot: [1n] }),
  sysctl('net/ipv4/tcp_early_retrans', procDou8vecMinmax, { boot: [3n], extra2: 4n }),
  sysctl('net/ipv4/tcp_recovery', procDou8vecMinmax, { boot: [1n] }),
  sysctl('net/ipv4/tcp_thin_linear_timeouts', procDou8vecMinmax, { boot: [0n] }),
  sysctl('net/ipv4/tcp_slow_start_after_idle', procDou8vecMinmax, { boot: [1n] }),
  sysctl('net/ipv4/tcp_retrans_collapse', procDou8vecMinmax, { boot: [1n] }),
  sysctl('net/ipv4/tcp_stdurg', procDou8vecMinmax, { boot: [0n] }),
  sysctl('net/ipv4/tcp_rfc1337', procDou8vecMinmax, { boot: [0n] }),
  sysctl('net/ipv4/tcp_abort_on_overflow', procDou8vecMinmax, { boot: [0n] }),
  sysctl('net/ipv4/tcp_fack', procDou8vecMinmax, { boot: [0n] }),
  sysctl('net/ipv4/tcp_max_reordering', procDointvecMinmax, { boot: [300n], extra1: 1n, before: { '6.12': { extra1: undefined } } }),
  sysctl('net/ipv4/tcp_dsack', procDou8vecMinmax, { boot: [1n] }),
  sysctl('net/ipv4/tcp_app_win', procDou8vecMinmax, { boot: [31n], extra2: 31n }),
  sysctl('net/ipv4/tcp_adv_win_scale', procDointvecMinmax, { boot: [1n], extra1: -31n, extra2: 31n }),
  sysctl('net/ipv4/tcp_frto', procDou8vecMinmax, { boot: [2n] }),
  sysctl('net/ipv4/tcp_no_metrics_save', procDou8vecMinmax, { boot: [0n] }),
  sysctl('net/ipv4/tcp_no_ssthresh_metrics_save', procDou8vecMinmax, { boot: [1n], ...ZERO_OR_ONE }),
  sysctl('net/ipv4/tcp_moderate_rcvbuf', procDou8vecMinmax, { boot: [1n] }),
  sysctl('net/ipv4/tcp_rcvbuf_low_rtt', procDointvecMinmax, { since: '7.2', boot: [1000n], extra1: 0n }),
  sysctl('net/ipv4/tcp_tso_win_divisor', procDou8vecMinmax, { boot: [3n] }),
  sysctl('net/ipv4/tcp_workaround_signed_windows', procDou8vecMinmax, { boot: [0n] }),
  sysctl('net/ipv4/tcp_limit_output_bytes', procDointvec, { boot: [4194304n], before: { '7.2': { boot: [1048576n] } } }),
  sysctl('net/ipv4/tcp_challenge_ack_limit', procDointvec, { boot: [2147483647n] }),
  sysctl('net/ipv4/tcp_min_tso_segs', procDou8vecMinmax, { boot: [2n], extra1: 1n }),
  // The bound was given to stable kernels first.
  sysctl('net/ipv4/tcp_tso_rtt_log', procDou8vecMinmax, { boot: [9n], before: { '7.2': { extra2: 31n }, '6.12': { extra2: undefined } } }),
  sysctl('net/ipv4/tcp_min_rtt_wlen', procDointvecMinmax, { boot: [300n], extra1: 0n, extra2: ONE_DAY_SECS }),
  sysctl('net/ipv4/tcp_autocorking', procDou8vecMinmax, { boot: [1n], ...ZERO_OR_ONE }),
  sysctl('net/ipv4/tcp_invalid_ratelimit', procDointvecMsJiffies, { boot: [500n] }),
  sysctl('net/ipv4/tcp_pacing_ss_ratio', procDointvecMinmax, { boot: [200n], extra1: 0n, extra2: 1000n }),
  sysctl('net/ipv4/tcp_pacing_ca_ratio', procDointvecMinmax, { boot: [120n], extra1: 0n, extra2: 1000n }),
  sysctl('net/ipv4/tcp_wmem', procDointvecMinmax, { boot: tcpWmem, extra1: 1n }),
  sysctl('net/ipv4/tcp_rmem', procDointvecMinmax, {
    boot: tcpRmem(32), extra1: PAGE_SIZE, before: { '7.2': { boot: tcpRmem(6) }, '6.12': { extra1: 1n } },
  }),
  sysctl('net/ipv4/tcp_comp_sack_delay_ns', procDoulongvecMinmax, { boot: [1000000n] }),
  sysctl('net/ipv4/tcp_comp_sack_rtt_percent', procDointvecMinmax, { since: '7.2', boot: [33n], extra1: 1n, extra2: 1000n }),
  sysctl('net/ipv4/tcp_comp_sack_slack_ns', procDoulongvecMinmax, { boot: [10000n], before: { '7.2': { boot: [100000n] } } }),
  sysctl('net/ipv4/tcp_comp_sack_nr', procDou8vecMinmax, { boot: [44n] }),
  sysctl('net/ipv4/tcp_backlog_ack_defer', procDou8vecMinmax, { since: '6.12', boot: [1n], ...ZERO_OR_ONE }),
  sysctl('net/ipv4/tcp_reflect_tos', procDou8vecMinmax, { boot: [0n], ...ZERO_OR_ONE }),
  sysctl('net/ipv4/tcp_ehash_entries', procDointvec, { mode: 0o444, boot: tcpEhashEntries }),
  sysctl('net/ipv4/tcp_child_ehash_entries', procDouintvecMinmax, { boot: [0n], extra2: TCP_CHILD_EHASH_MAX }),
  sysctl('net/ipv4/tcp_plb_enabled', procDou8vecMinmax, { since: '6.12', boot: [0n], ...ZERO_OR_ONE }),
  sysctl('net/ipv4/tcp_plb_idle_rehash_rounds', procDou8vecMinmax, { since: '6.12', boot: [3n], extra2: TCP_PLB_MAX_ROUNDS }),
  sysctl('net/ipv4/tcp_plb_rehash_rounds', procDou8vecMinmax, { since: '6.12', boot: [12n], extra2: TCP_PLB_MAX_ROUNDS }),
  sysctl('net/ipv4/tcp_plb_suspend_rto_sec', procDou8vecMinmax, { since: '6.12', boot: [60n] }),
  sysctl('net/ipv4/tcp_plb_cong_thresh', procDointvecMinmax, { since: '6.12', boot: [128n], extra1: 0n, extra2: TCP_PLB_MAX_CONG_THRESH }),
  sysctl('net/ipv4/tcp_syn_linear_timeouts', procDou8vecMinmax, { since: '6.12', boot: [4n], extra2: MAX_TCP_SYNCNT }),
  sysctl('net/ipv4/tcp_shrink_window', procDou8vecMinmax, { boot: [0n], ...ZERO_OR_ONE }),
  sysctl('net/ipv4/tcp_pingpong_thresh', procDou8vecMinmax, { since: '6.12', boot: [1n], extra1: 1n }),
  sysctl('net/ipv4/tcp_rto_min_us', procDointvecMinmax, { since: '6.12', boot: [200000n], extra1: 1n }),
  sysctl('net/ipv4/tcp_rto_max_ms', procDointvecMinmax, { since: '7.2', boot: [120000n], extra1: 1000n, extra2: TCP_RTO_MAX_MS }),
];
