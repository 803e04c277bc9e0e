// Kernel modules: what each adds to the sysctls of a machine, or to what they accept. A module that does neither is here too where configuration
// roles load it. Start at MODULES.
import type { CtlTable } from '../ctl-table.ts';
import { BR_NETFILTER_SYSCTLS } from '../tables/net-bridge.ts';
import { NF_CONNTRACK_SYSCTLS } from '../tables/net-conntrack.ts';

export interface KernelModule {
  /** The files it adds. */
  readonly sysctls?: readonly CtlTable[];
  /** The queueing discipline it adds, for net.core.default_qdisc. */
  readonly qdisc?: string;
  /** The congestion control algorithm it adds, and whether everybody may use it (TCP_CONG_NON_RESTRICTED). */
  readonly congestionControl?: { readonly name: string; readonly allowed: boolean };
}

/** net/sched: `sch_fq` adds the queueing discipline fq. */
const QDISC_MODULES = [
  'sch_cake', 'sch_cbs', 'sch_choke', 'sch_codel', 'sch_drr', 'sch_dualpi2', 'sch_etf', 'sch_ets', 'sch_fq', 'sch_fq_pie', 'sch_gred',
  'sch_hfsc', 'sch_hhf', 'sch_htb', 'sch_ingress', 'sch_mqprio', 'sch_multiq', 'sch_netem', 'sch_pie', 'sch_plug', 'sch_prio', 'sch_qfq',
  'sch_red', 'sch_sfb', 'sch_sfq', 'sch_skbprio', 'sch_taprio', 'sch_tbf',
] as const;

/** net/ipv4: `tcp_htcp` adds the algorithm htcp, which only root may use until net.ipv4.tcp_allowed_congestion_control names it. */
const CONGESTION_MODULES = [
  'tcp_bic', 'tcp_cdg', 'tcp_dctcp', 'tcp_highspeed', 'tcp_htcp', 'tcp_hybla', 'tcp_illinois', 'tcp_lp', 'tcp_nv', 'tcp_scalable',
  'tcp_vegas', 'tcp_veno', 'tcp_westwood', 'tcp_yeah',
] as const;

/** Modules that roles load and that change no sysctl. */
const WITHOUT_SYSCTLS = ['8021q', 'bonding', 'dummy', 'ip_tables', 'nf_nat', 'overlay', 'veth', 'vxlan', 'xt_conntrack'] as const;

const suffix = (module: string): string => module.slice(module.indexOf('_') + 1);

export const MODULES: Readonly<Record<string, KernelModule>> = {
  br_netfilter: { sysctls: BR_NETFILTER_SYSCTLS },
  nf_conntrack: { sysctls: NF_CONNTRACK_SYSCTLS },
  tcp_bbr: { congestionControl: { name: 'bbr', allowed: true } },
  ...Object.fromEntries(CONGESTION_MODULES.map((name) => [name, { congestionControl: { name: suffix(name), allowed: false } }])),
  ...Object.fromEntries(QDISC_MODULES.map((name) => [name, { qdisc: suffix(name) }])),
  ...Object.fromEntries(WITHOUT_SYSCTLS.map((name) => [name, {}])),
};

/** The queueing disciplines the kernel has itself. Sources: pktsched_init() (net/sched/sch_api.c), net/sched/sch_blackhole.c. */
const BUILT_IN_QDISCS = ['fq_codel', 'pfifo_fast', 'pfifo', 'bfifo', 'pfifo_head_drop', 'mq', 'noqueue', 'blackhole'];

/** The queueing disciplines of a kernel with these modules. */
export function qdiscNames(modules: readonly string[]): string[] {
  return [...BUILT_IN_QDISCS, ...modules.flatMap((name) => MODULES[name]?.qdisc ?? [])];
}

/** The congestion control algorithms of a kernel with these modules, in the order in which it learns of them; all, or those everybody may use. */
export function congestionControls(modules: readonly string[], which: 'available' | 'allowed'): string {
  const added = modules.flatMap((name) => MODULES[name]?.congestionControl ?? []).filter(({ allowed }) => allowed || which === 'available');
  return ['reno', 'cubic', ...added.map(({ name }) => name)].join(' ');
}
