import { type CtlTable, sysctl } from '../ctl-table.ts';
import { flowLimitCpuSysctl, rpsDefaultMaskSysctl } from '../cpumask.ts';
import { BPF_JIT_MESSAGE, POWER_OF_TWO, rpsSockFlowSysctl, setDefaultQdisc } from '../net/core-handlers.ts';
import {
  procDointvec, procDointvecJiffies, procDointvecMinmax, procDointvecMsJiffies, procDou8vecMinmax, procDouintvec, procDoulongvecMinmax,
} from '../proc-dointvec.ts';
import { procDostring } from '../proc-dostring.ts';
import { HZ } from '../scales.ts';
import { ZERO_OR_ONE } from '../bounds.ts';
import { NET_ADMIN, SYS_ADMIN, SYS_ADMIN_TO_READ } from '../capability-checks.ts';

/** 1 MiB in pages. */
const SK_MEMORY_PCPU_RESERVE = 256n;
const MAX_SKB_FRAGS = 17n;
/** Bytes of an interface's name with its NUL, and of the name of a queueing discipline. */
const IFNAMSIZ = 16;
/** Room for kernel modules on x86-64 with address space randomization: bpf_jit_alloc_exec_limit(). */
const MODULES_BYTES = 0x3f00_0000n;
const TWO_TICKS_USEC = 2_000_000n / HZ;
/** TCP_SKB_MIN_TRUESIZE: a page's half and a socket buffer's head. */
const SOCK_MIN_RCVBUF = 2048n + 256n;
const SOCK_MIN_SNDBUF = 2n * SOCK_MIN_RCVBUF;
/** NETDEV_RSS_KEY_LEN bytes, which are all 0 until a driver asks for them. */
const noRssKey = (bytes: number): Pick<CtlTable, 'boot' | 'maxlen'> => ({ boot: Array<string>(bytes).fill('00').join(':'), maxlen: bytes * 3 });

/** net_core_table[] and netns_core_table[] of net/core/sysctl_net_core.c: sockets, and how packets are taken in. */
const CORE: readonly CtlTable[] = [
  sysctl('net/core/mem_pcpu_rsv', procDointvecMinmax, { boot: [256n], extra1: SK_MEMORY_PCPU_RESERVE }),
  sysctl('net/core/dev_weight', procDointvecMinmax, { boot: [64n], extra1: 1n }),
  sysctl('net/core/dev_weight_rx_bias', procDointvecMinmax, { boot: [1n], extra1: 1n }),
  sysctl('net/core/dev_weight_tx_bias', procDointvecMinmax, { boot: [1n], extra1: 1n }),
  sysctl('net/core/netdev_max_backlog', procDointvec, { boot: [1000n] }),
  sysctl('net/core/qdisc_max_burst', procDointvec, { since: '7.2', boot: [1000n] }),
  sysctl('net/core/netdev_rss_key', procDostring, { mode: 0o444, ...noRssKey(256), before: { '7.2': noRssKey(52) } }),
  sysctl('net/core/bpf_jit_enable', procDointvecMinmax, { boot: [1n], extra1: 0n, extra2: 2n, ...BPF_JIT_MESSAGE, capability: SYS_ADMIN }),
  sysctl('net/core/bpf_jit_harden', procDointvecMinmax, { mode: 0o600, boot: [0n], extra1: 0n, extra2: 2n, capability: SYS_ADMIN_TO_READ }),
  sysctl('net/core/bpf_jit_kallsyms', procDointvecMinmax, { mode: 0o600, boot: [1n], ...ZERO_OR_ONE, capability: SYS_ADMIN_TO_READ }),
  sysctl('net/core/bpf_jit_limit', procDoulongvecMinmax, {
    mode: 0o600, boot: [MODULES_BYTES / 2n], extra1: 1n, extra2: MODULES_BYTES, capability: SYS_ADMIN_TO_READ,
  }),
  sysctl('net/core/netdev_tstamp_prequeue', procDointvec, { boot: [1n] }),
  sysctl('net/core/message_cost', procDointvecJiffies, { boot: [5n] }),
  sysctl('net/core/message_burst', procDointvec, { boot: [10n] }),
  sysctl('net/core/rps_sock_flow_entries', rpsSockFlowSysctl, { boot: [0n] }),
  sysctl('net/core/flow_limit_cpu_bitmap', flowLimitCpuSysctl, { boot: [0n] }),
  sysctl('net/core/flow_limit_table_len', procDointvec, { boot: [4096n], ...POWER_OF_TWO }),
  sysctl('net/core/busy_poll', procDointvecMinmax, { boot: [0n], extra1: 0n }),
  sysctl('net/core/busy_read', procDointvecMinmax, { boot: [0n], extra1: 0n }),
  sysctl('net/core/default_qdisc', setDefaultQdisc, { boot: 'fq_codel', maxlen: IFNAMSIZ, capability: NET_ADMIN }),
  sysctl('net/core/netdev_budget', procDointvec, { boot: [300n] }),
  sysctl('net/core/warnings', procDointvec, { boot: [0n] }),
  sysctl('net/core/max_skb_frags', procDointvecMinmax, { boot: [17n], extra1: 1n, extra2: MAX_SKB_FRAGS }),
  sysctl('net/core/netdev_budget_usecs', procDointvecMinmax, { boot: [8000n], extra1: TWO_TICKS_USEC }),
  sysctl('net/core/fb_tunnels_only_for_init_net', procDointvecMinmax, { boot: [0n], extra1: 0n, extra2: 2n }),
  sysctl('net/core/devconf_inherit_init_net', procDointvecMinmax, { boot: [0n], extra1: 0n, extra2: 3n }),
  sysctl('net/core/high_order_alloc_disable', procDointvecMinmax, { boot: [0n], ...ZERO_OR_ONE, capability: SYS_ADMIN }),
  sysctl('net/core/gro_normal_batch', procDointvecMinmax, { boot: [8n], extra1: 1n }),
  sysctl('net/core/netdev_unregister_timeout_secs', procDointvecMinmax, { boot: [10n], extra1: 1n, extra2: 3600n }),
  sysctl('net/core/skb_defer_max', procDointvecMinmax, { boot: [128n], extra1: 0n, before: { '7.2': { boot: [64n] } } }),
  sysctl('net/core/rps_default_mask', rpsDefaultMaskSysctl, { since: '6.12', boot: [0n] }),
  sysctl('net/core/somaxconn', procDointvecMinmax, { boot: [4096n], extra1: 0n }),
  sysctl('net/core/optmem_max', procDointvecMinmax, { boot: [131072n], extra1: 0n, before: { '6.12': { boot: [20480n], extra1: undefined } } }),
  sysctl('net/core/txrehash', procDou8vecMinmax, { boot: [1n], ...ZERO_OR_ONE }),
  sysctl('net/core/txq_reselection_ms', procDointvecMsJiffies, { since: '7.2', boot: [1000n] }),
  sysctl('net/core/tstamp_allow_data', procDou8vecMinmax, { boot: [1n], ...ZERO_OR_ONE, before: { '7.2': { handler: procDointvecMinmax } } }),
  sysctl('net/core/bypass_prot_mem', procDou8vecMinmax, { since: '7.2', boot: [0n], ...ZERO_OR_ONE }),
  sysctl('net/core/wmem_max', procDointvecMinmax, { boot: [4194304n], extra1: SOCK_MIN_SNDBUF, before: { '7.2': { boot: [212992n] } } }),
  sysctl('net/core/rmem_max', procDointvecMinmax, { boot: [4194304n], extra1: SOCK_MIN_RCVBUF, before: { '7.2': { boot: [212992n] } } }),
  sysctl('net/core/wmem_default', procDointvecMinmax, { boot: [212992n], extra1: SOCK_MIN_SNDBUF }),
  sysctl('net/core/rmem_default', procDointvecMinmax, { boot: [212992n], extra1: SOCK_MIN_RCVBUF }),
];

/** xfrm_table[] of net/xfrm/xfrm_sysctl.c: IPsec. */
const XFRM: readonly CtlTable[] = [
  sysctl('net/core/xfrm_aevent_etime', procDouintvec, { boot: [10n] }),
  sysctl('net/core/xfrm_aevent_rseqth', procDouintvec, { boot: [2n] }),
  sysctl('net/core/xfrm_larval_drop', procDointvec, { boot: [1n] }),
  sysctl('net/core/xfrm_acq_expires', procDointvec, { boot: [30n] }),
];

/** The files of /proc/sys/net/core of Linux 7.3. */
export const NET_CORE_SYSCTLS: readonly CtlTable[] = [...CORE, ...XFRM];
