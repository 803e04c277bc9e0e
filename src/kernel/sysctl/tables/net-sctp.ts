import { ZERO_OR_ONE } from '../bounds.ts';
import { type CtlTable, sysctl } from '../ctl-table.ts';
import { freshDointvec } from '../fresh.ts';
import { ALPHA_OR_BETA, checked, PROBE_INTERVAL, procSctpDoHmacAlg, procSctpDoHmacAlgOlder } from '../net/sctp.ts';
import { sctpMem, sctpRmem, sctpWmem } from '../net/sizes.ts';
import { procDointvec, procDointvecMinmax, procDoulongvecMinmax } from '../proc-dointvec.ts';

/** A day, in milliseconds. */
const TIMER_MAX = 86_400_000n;
const FROM_1_MS = { extra1: 1n, extra2: TIMER_MAX } as const;
const FROM_1 = { extra1: 1n } as const;
const PORT_MAX = 65_535n;
const UINT_MAX = 2n ** 32n - 1n;

/** sctp_table[]: the whole machine. */
const ALL: readonly CtlTable[] = [
  sysctl('net/sctp/sctp_mem', procDoulongvecMinmax, { boot: sctpMem }),
  sysctl('net/sctp/sctp_rmem', procDointvec, { boot: sctpRmem }),
  sysctl('net/sctp/sctp_wmem', procDointvec, { boot: sctpWmem }),
];

/** sctp_net_table[]: each network namespace. */
const OF_NAMESPACE: readonly CtlTable[] = [
  sysctl('net/sctp/rto_min', freshDointvec, { boot: [1000n], ...checked(1n, 'net.sctp.rto_max') }),
  sysctl('net/sctp/rto_max', freshDointvec, { boot: [60_000n], ...checked('net.sctp.rto_min', TIMER_MAX) }),
  sysctl('net/sctp/pf_retrans', procDointvecMinmax, { boot: [0n], extra1: 0n, extra2: 'net.sctp.ps_retrans' }),
  sysctl('net/sctp/ps_retrans', procDointvecMinmax, { boot: [65_535n], extra1: 'net.sctp.pf_retrans', extra2: 65_535n }),
  sysctl('net/sctp/rto_initial', procDointvecMinmax, { boot: [3000n], ...FROM_1_MS }),
  sysctl('net/sctp/rto_alpha_exp_divisor', procDointvecMinmax, { boot: [3n], extra1: 0n, extra2: 1000n, ...ALPHA_OR_BETA }),
  sysctl('net/sctp/rto_beta_exp_divisor', procDointvecMinmax, { boot: [2n], extra1: 0n, extra2: 1000n, ...ALPHA_OR_BETA }),
  sysctl('net/sctp/max_burst', procDointvecMinmax, { boot: [4n], extra1: 0n }),
  sysctl('net/sctp/cookie_preserve_enable', procDointvec, { boot: [1n] }),
  sysctl('net/sctp/cookie_hmac_alg', procSctpDoHmacAlg, {
    boot: 'sha256', maxlen: 8, before: { '7.2': { handler: procSctpDoHmacAlgOlder, boot: 'sha1' } },
  }),
  sysctl('net/sctp/valid_cookie_life', procDointvecMinmax, { boot: [60_000n], ...FROM_1_MS }),
  sysctl('net/sctp/sack_timeout', procDointvecMinmax, { boot: [200n], extra1: 1n, extra2: 500n }),
  sysctl('net/sctp/hb_interval', procDointvecMinmax, { boot: [30_000n], ...FROM_1_MS }),
  sysctl('net/sctp/association_max_retrans', procDointvecMinmax, { boot: [10n], ...FROM_1 }),
  sysctl('net/sctp/path_max_retrans', procDointvecMinmax, { boot: [5n], ...FROM_1 }),
  sysctl('net/sctp/max_init_retransmits', procDointvecMinmax, { boot: [8n], ...FROM_1 }),
  sysctl('net/sctp/sndbuf_policy', procDointvec, { boot: [0n] }),
  sysctl('net/sctp/rcvbuf_policy', procDointvec, { boot: [0n] }),
  sysctl('net/sctp/default_auto_asconf', procDointvec, { boot: [0n] }),
  sysctl('net/sctp/addip_enable', procDointvec, { boot: [0n] }),
  sysctl('net/sctp/addip_noauth_enable', procDointvec, { boot: [0n] }),
  sysctl('net/sctp/prsctp_enable', procDointvec, { boot: [1n] }),
  sysctl('net/sctp/reconf_enable', procDointvec, { boot: [0n] }),
  sysctl('net/sctp/auth_enable', freshDointvec, { boot: [0n] }),
  sysctl('net/sctp/intl_enable', procDointvec, { boot: [0n] }),
  sysctl('net/sctp/ecn_enable', procDointvec, { boot: [1n] }),
  sysctl('net/sctp/plpmtud_probe_interval', freshDointvec, { boot: [0n], ...PROBE_INTERVAL }),
  sysctl('net/sctp/udp_port', freshDointvec, { boot: [0n], ...checked(0n, PORT_MAX) }),
  sysctl('net/sctp/encap_port', procDointvecMinmax, { boot: [0n], extra1: 0n, extra2: PORT_MAX }),
  sysctl('net/sctp/addr_scope_policy', procDointvecMinmax, { boot: [1n], extra1: 0n, extra2: 3n }),
  sysctl('net/sctp/rwnd_update_shift', procDointvecMinmax, { boot: [4n], extra1: 1n, extra2: 16n }),
  sysctl('net/sctp/max_autoclose', procDoulongvecMinmax, { boot: [8_589_934n], extra1: 0n, extra2: UINT_MAX }),
  sysctl('net/sctp/l3mdev_accept', procDointvecMinmax, { since: '6.12', boot: [1n], ...ZERO_OR_ONE }),
  sysctl('net/sctp/pf_enable', procDointvec, { boot: [1n] }),
  sysctl('net/sctp/pf_expose', procDointvecMinmax, { boot: [0n], extra1: 0n, extra2: 2n }),
];

/** The files that the module sctp adds. Source: net/sctp/sysctl.c. */
export const SCTP_SYSCTLS: readonly CtlTable[] = [...ALL, ...OF_NAMESPACE];
