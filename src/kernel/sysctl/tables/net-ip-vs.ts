import { ipvsProcEstCpulist } from '../cpulist.ts';
import { type CtlTable, sysctl } from '../ctl-table.ts';
import { CONN_MAX, DEFENSE_MODE, EST_NICE, LOAD_FACTOR, procDoSyncThreshold, SYNC_PORTS } from '../net/ip-vs.ts';
import { syncQlenMax } from '../net/sizes.ts';
import { procDointvec, procDointvecJiffies, procDointvecMinmax, procDoulongvecMinmax } from '../proc-dointvec.ts';
import { ZERO_OR_ONE } from '../bounds.ts';

/** The files that the module ip_vs adds: vs_vars[] of net/netfilter/ipvs/ip_vs_ctl.c. */
export const IP_VS_SYSCTLS: readonly CtlTable[] = [
  sysctl('net/ipv4/vs/amemthresh', procDointvec, { boot: [1024n] }),
  sysctl('net/ipv4/vs/am_droprate', procDointvec, { boot: [10n] }),
  sysctl('net/ipv4/vs/conn_max', procDointvec, { since: '7.2', boot: [1073741824n], ...CONN_MAX }),
  sysctl('net/ipv4/vs/drop_entry', procDointvec, { boot: [0n], ...DEFENSE_MODE }),
  sysctl('net/ipv4/vs/drop_packet', procDointvec, { boot: [0n], ...DEFENSE_MODE }),
  sysctl('net/ipv4/vs/conntrack', procDointvec, { boot: [0n] }),
  sysctl('net/ipv4/vs/secure_tcp', procDointvec, { boot: [0n], ...DEFENSE_MODE }),
  sysctl('net/ipv4/vs/snat_reroute', procDointvec, { boot: [1n] }),
  sysctl('net/ipv4/vs/sync_version', procDointvecMinmax, { boot: [1n], ...ZERO_OR_ONE }),
  sysctl('net/ipv4/vs/sync_ports', procDointvec, { boot: [1n], ...SYNC_PORTS }),
  sysctl('net/ipv4/vs/sync_persist_mode', procDointvec, { boot: [0n] }),
  sysctl('net/ipv4/vs/sync_qlen_max', procDoulongvecMinmax, { boot: syncQlenMax }),
  sysctl('net/ipv4/vs/sync_sock_size', procDointvec, { boot: [0n] }),
  sysctl('net/ipv4/vs/cache_bypass', procDointvec, { boot: [0n] }),
  sysctl('net/ipv4/vs/expire_nodest_conn', procDointvec, { boot: [0n] }),
  sysctl('net/ipv4/vs/sloppy_tcp', procDointvec, { boot: [0n] }),
  sysctl('net/ipv4/vs/sloppy_sctp', procDointvec, { boot: [0n] }),
  sysctl('net/ipv4/vs/expire_quiescent_template', procDointvec, { boot: [0n] }),
  sysctl('net/ipv4/vs/sync_threshold', procDoSyncThreshold, { boot: [3n, 50n] }),
  sysctl('net/ipv4/vs/sync_refresh_period', procDointvecJiffies, { boot: [0n] }),
  sysctl('net/ipv4/vs/sync_retries', procDointvecMinmax, { boot: [0n], extra1: 0n, extra2: 3n }),
  sysctl('net/ipv4/vs/nat_icmp_send', procDointvec, { boot: [0n] }),
  sysctl('net/ipv4/vs/pmtu_disc', procDointvec, { boot: [1n] }),
  sysctl('net/ipv4/vs/backup_only', procDointvec, { boot: [0n] }),
  sysctl('net/ipv4/vs/conn_reuse_mode', procDointvec, { boot: [1n] }),
  sysctl('net/ipv4/vs/schedule_icmp', procDointvec, { boot: [0n] }),
  sysctl('net/ipv4/vs/ignore_tunneled', procDointvec, { boot: [0n] }),
  sysctl('net/ipv4/vs/run_estimation', procDointvec, { boot: [1n] }),
  sysctl('net/ipv4/vs/est_cpulist', ipvsProcEstCpulist, { since: '6.12', boot: '0-1' }),
  sysctl('net/ipv4/vs/est_nice', procDointvec, { since: '6.12', boot: [0n], ...EST_NICE }),
  sysctl('net/ipv4/vs/conn_lfactor', procDointvec, { since: '7.2', boot: [-4n], ...LOAD_FACTOR }),
  sysctl('net/ipv4/vs/svc_lfactor', procDointvec, { since: '7.2', boot: [-3n], ...LOAD_FACTOR }),
];

/** The file of the module ip_vs_lblc: vs_vars_table[] of net/netfilter/ipvs/ip_vs_lblc.c. */
export const IP_VS_LBLC_SYSCTLS: readonly CtlTable[] = [sysctl('net/ipv4/vs/lblc_expiration', procDointvecJiffies, { boot: [86400n] })];

/** The file of the module ip_vs_lblcr: vs_vars_table[] of net/netfilter/ipvs/ip_vs_lblcr.c. */
export const IP_VS_LBLCR_SYSCTLS: readonly CtlTable[] = [sysctl('net/ipv4/vs/lblcr_expiration', procDointvecJiffies, { boot: [86400n] })];
