import { type CtlTable, sysctl } from '../ctl-table.ts';
import { procPathManager, procPmType, procScheduler } from '../net/mptcp.ts';
import { procDointvecJiffies, procDointvecMinmax, procDou8vecMinmax, procDouintvecMinmax } from '../proc-dointvec.ts';
import { procDostring } from '../proc-dostring.ts';
import { ZERO_OR_ONE } from '../bounds.ts';

/** MPTCP_SCHED_NAME_MAX and MPTCP_PM_NAME_MAX: bytes of a name with its NUL. */
const NAME_MAX = 16;

/** mptcp_sysctl_table[] of net/mptcp/ctrl.c. */
export const NET_MPTCP_SYSCTLS: readonly CtlTable[] = [
  sysctl('net/mptcp/enabled', procDou8vecMinmax, { boot: [1n], ...ZERO_OR_ONE }),
  sysctl('net/mptcp/add_addr_timeout', procDointvecJiffies, { boot: [120n] }),
  sysctl('net/mptcp/checksum_enabled', procDou8vecMinmax, { boot: [0n], ...ZERO_OR_ONE }),
  sysctl('net/mptcp/allow_join_initial_addr_port', procDou8vecMinmax, { boot: [1n], ...ZERO_OR_ONE }),
  sysctl('net/mptcp/stale_loss_cnt', procDouintvecMinmax, { boot: [4n] }),
  sysctl('net/mptcp/pm_type', procPmType, { boot: [0n], ...ZERO_OR_ONE }),
  sysctl('net/mptcp/scheduler', procScheduler, { since: '6.12', boot: 'default', maxlen: NAME_MAX }),
  sysctl('net/mptcp/available_schedulers', procDostring, { since: '6.12', mode: 0o444, boot: 'default', maxlen: NAME_MAX }),
  sysctl('net/mptcp/close_timeout', procDointvecJiffies, { since: '6.12', boot: [60n] }),
  sysctl('net/mptcp/blackhole_timeout', procDointvecMinmax, { since: '6.12', boot: [3600n], extra1: 0n }),
  sysctl('net/mptcp/syn_retrans_before_tcp_fallback', procDou8vecMinmax, { since: '7.2', boot: [2n] }),
  sysctl('net/mptcp/path_manager', procPathManager, { since: '7.2', boot: 'kernel', maxlen: NAME_MAX }),
  sysctl('net/mptcp/available_path_managers', procDostring, { since: '7.2', mode: 0o444, boot: 'kernel userspace' }),
  sysctl('net/mptcp/add_addr_v6_port_drop_ts', procDou8vecMinmax, { since: '7.2', boot: [1n], ...ZERO_OR_ONE }),
];
