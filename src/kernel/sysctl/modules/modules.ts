// Kernel modules: what each adds to the sysctls of a machine, or to what they accept. Their names lie in names.ts, which
// loads no table. The folder imports kernel/sysctl. Start at MODULES.
import type { CtlTable } from '../ctl-table.ts';
import { BR_NETFILTER_SYSCTLS } from '../tables/net-bridge.ts';
import { IP_VS_LBLC_SYSCTLS, IP_VS_LBLCR_SYSCTLS, IP_VS_SYSCTLS } from '../tables/net-ip-vs.ts';
import { NF_CONNTRACK_SYSCTLS } from '../tables/net-conntrack.ts';
import { addedBy, CONGESTION_MODULES, type MODULES_WITH_SYSCTLS, MODULES_WITHOUT_SYSCTLS, QDISC_MODULES } from './names.ts';

export interface KernelModule {
  /** The files it adds. */
  readonly sysctls?: readonly CtlTable[];
  /** The queueing discipline it adds, for net.core.default_qdisc. */
  readonly qdisc?: string;
  /** The congestion control algorithm it adds, and whether everybody may use it (TCP_CONG_NON_RESTRICTED). */
  readonly congestionControl?: { readonly name: string; readonly allowed: boolean };
}

const WITH_SYSCTLS: Readonly<Record<(typeof MODULES_WITH_SYSCTLS)[number], KernelModule>> = {
  br_netfilter: { sysctls: BR_NETFILTER_SYSCTLS },
  ip_vs: { sysctls: IP_VS_SYSCTLS },
  ip_vs_lblc: { sysctls: IP_VS_LBLC_SYSCTLS },
  ip_vs_lblcr: { sysctls: IP_VS_LBLCR_SYSCTLS },
  nf_conntrack: { sysctls: NF_CONNTRACK_SYSCTLS },
};

export const MODULES: Readonly<Record<string, KernelModule>> = {
  ...WITH_SYSCTLS,
  ...Object.fromEntries(QDISC_MODULES.map((name) => [name, { qdisc: addedBy(name) }])),
  ...Object.fromEntries(CONGESTION_MODULES.map((name) => [name, { congestionControl: { name: addedBy(name), allowed: name === 'tcp_bbr' } }])),
  ...Object.fromEntries(MODULES_WITHOUT_SYSCTLS.map((name) => [name, {}])),
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
