// A table of its own: one directory of /proc/sys.
import { type CtlTable, sysctl } from '../ctl-table.ts';
import { nfHooksLwtunnelSysctlHandler, nfLogger, nfLogProcDostring } from '../net/nf-handlers.ts';
import { procDointvec } from '../proc-dointvec.ts';
import { ZERO_OR_ONE } from '../bounds.ts';

/** NFPROTO_NUMPROTO: protocol families, each of which has a file by its number. */
const PROTOCOLS = [...Array(11).keys()];
/** NFLOGGER_NAME_LEN: bytes of a logger's name with its NUL. */
const NFLOGGER_NAME_LEN = 64;

/** nf_log_sysctl_ftable[] and nf_log_sysctl_table[] of net/netfilter/nf_log.c, nf_lwtunnel_sysctl_table[] of net/netfilter/nf_hooks_lwtunnel.c. */
export const NET_NETFILTER_SYSCTLS: readonly CtlTable[] = [
  sysctl('net/netfilter/nf_hooks_lwtunnel', nfHooksLwtunnelSysctlHandler, { since: '6.12', boot: [0n], ...ZERO_OR_ONE }),
  sysctl('net/netfilter/nf_log_all_netns', procDointvec, { boot: [0n] }),
  ...PROTOCOLS.map((family) => sysctl(`net/netfilter/nf_log/${family}`, nfLogProcDostring, { boot: nfLogger(family), maxlen: NFLOGGER_NAME_LEN })),
];
