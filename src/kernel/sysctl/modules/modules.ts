// Kernel modules: what each adds to the sysctls of a machine, or to what they accept. Their names, and which needs which, lie in names.ts, which
// loads no table. The folder imports kernel/sysctl. Start at MODULES.
import type { LogLevel } from '../../../abi/log-level.ts';
import type { CtlTable } from '../ctl-table.ts';
import type { NetInterface } from '../machine-parts.ts';
import {
  AF_ALG_SYSCTLS, CDROM_SYSCTLS, CODA_SYSCTLS, IPMI_POWEROFF_SYSCTLS, MD_MOD_SYSCTLS, OCFS2_STACKGLUE_SYSCTLS, PARPORT_SYSCTLS,
  SCSI_MOD_SYSCTLS, SG_SYSCTLS, XFS_SYSCTLS,
} from '../tables/modules.ts';
import { BR_NETFILTER_SYSCTLS } from '../tables/net-bridge.ts';
import { NF_CONNTRACK_SYSCTLS, NF_DEFRAG_IPV6_SYSCTLS } from '../tables/net-conntrack.ts';
import { IP_VS_LBLC_SYSCTLS, IP_VS_LBLCR_SYSCTLS, IP_VS_SYSCTLS } from '../tables/net-ip-vs.ts';
import {
  APPLETALK_SYSCTLS, DCCP_SYSCTLS, IEEE802154_6LOWPAN_SYSCTLS, IW_CM_SYSCTLS, LLC2_SYSCTLS, MPLS_ROUTER_SYSCTLS, mplsInterfaceSysctls,
  PHONET_SYSCTLS, RDMA_UCM_SYSCTLS, RDS_RDMA_SYSCTLS, RDS_SYSCTLS, RDS_TCP_SYSCTLS, RXRPC_SYSCTLS, SMC_SYSCTLS, TIPC_SYSCTLS, VRF_SYSCTLS,
  VSOCK_SYSCTLS,
} from '../tables/net-protocols.ts';
import { SCTP_SYSCTLS } from '../tables/net-sctp.ts';
import { LOCKD_SYSCTLS, NFS_SYSCTLS, NFSV4_SYSCTLS, RPCRDMA_SYSCTLS, SUNRPC_SYSCTLS } from '../tables/sunrpc.ts';
import { TEST_SYSCTL_DIRECTORIES, TEST_SYSCTL_LINES, TEST_SYSCTL_SYSCTLS } from '../tables/test-sysctl.ts';
import { addedBy, CONGESTION_MODULES, type MODULES_WITH_SYSCTLS, MODULES_WITHOUT_SYSCTLS, QDISC_MODULES } from './names.ts';

export interface KernelModule {
  /** The files it adds. */
  readonly sysctls?: readonly CtlTable[];
  /** The files it adds for each network interface. */
  readonly interfaceSysctls?: (each: NetInterface) => readonly CtlTable[];
  /** Directories below /proc/sys that it adds and in which it has no files. */
  readonly directories?: readonly string[];
  /** What it logs when it is loaded. */
  readonly lines?: readonly (readonly [LogLevel, string])[];
  /** The queueing discipline it adds, for net.core.default_qdisc. */
  readonly qdisc?: string;
  /** The congestion control algorithm it adds, and whether everybody may use it (TCP_CONG_NON_RESTRICTED). */
  readonly congestionControl?: { readonly name: string; readonly allowed: boolean };
}

const WITH_SYSCTLS: Readonly<Record<(typeof MODULES_WITH_SYSCTLS)[number], KernelModule>> = {
  af_alg: { sysctls: AF_ALG_SYSCTLS },
  appletalk: { sysctls: APPLETALK_SYSCTLS },
  br_netfilter: { sysctls: BR_NETFILTER_SYSCTLS },
  cdrom: { sysctls: CDROM_SYSCTLS },
  coda: { sysctls: CODA_SYSCTLS },
  dccp: { sysctls: DCCP_SYSCTLS },
  ieee802154_6lowpan: { sysctls: IEEE802154_6LOWPAN_SYSCTLS },
  ip_vs: { sysctls: IP_VS_SYSCTLS },
  ip_vs_lblc: { sysctls: IP_VS_LBLC_SYSCTLS },
  ip_vs_lblcr: { sysctls: IP_VS_LBLCR_SYSCTLS },
  ipmi_poweroff: { sysctls: IPMI_POWEROFF_SYSCTLS },
  iw_cm: { sysctls: IW_CM_SYSCTLS },
  llc2: { sysctls: LLC2_SYSCTLS, directories: ['net/llc/station'] },
  lockd: { sysctls: LOCKD_SYSCTLS },
  md_mod: { sysctls: MD_MOD_SYSCTLS },
  mpls_router: { sysctls: MPLS_ROUTER_SYSCTLS, interfaceSysctls: mplsInterfaceSysctls },
  nf_conntrack: { sysctls: NF_CONNTRACK_SYSCTLS },
  nf_defrag_ipv6: { sysctls: NF_DEFRAG_IPV6_SYSCTLS },
  nfs: { sysctls: NFS_SYSCTLS },
  nfsv4: { sysctls: NFSV4_SYSCTLS },
  ocfs2_stackglue: { sysctls: OCFS2_STACKGLUE_SYSCTLS },
  parport: { sysctls: PARPORT_SYSCTLS },
  phonet: { sysctls: PHONET_SYSCTLS },
  rdma_ucm: { sysctls: RDMA_UCM_SYSCTLS },
  rds: { sysctls: RDS_SYSCTLS },
  rds_rdma: { sysctls: RDS_RDMA_SYSCTLS },
  rds_tcp: { sysctls: RDS_TCP_SYSCTLS },
  rpcrdma: { sysctls: RPCRDMA_SYSCTLS },
  rxrpc: { sysctls: RXRPC_SYSCTLS },
  scsi_mod: { sysctls: SCSI_MOD_SYSCTLS },
  sctp: { sysctls: SCTP_SYSCTLS },
  sg: { sysctls: SG_SYSCTLS },
  smc: { sysctls: SMC_SYSCTLS },
  sunrpc: { sysctls: SUNRPC_SYSCTLS },
  test_sysctl: { sysctls: TEST_SYSCTL_SYSCTLS, directories: TEST_SYSCTL_DIRECTORIES, lines: TEST_SYSCTL_LINES },
  tipc: { sysctls: TIPC_SYSCTLS },
  vrf: { sysctls: VRF_SYSCTLS },
  vsock: { sysctls: VSOCK_SYSCTLS },
  xfs: { sysctls: XFS_SYSCTLS },
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
