// A table of its own: one source file of the kernel.
import { type CtlTable, sysctl } from '../ctl-table.ts';
import { procDointvec } from '../proc-dointvec.ts';

/** unix_table[] of net/unix/sysctl_net_unix.c. */
export const NET_UNIX_SYSCTLS: readonly CtlTable[] = [sysctl('net/unix/max_dgram_qlen', procDointvec, { boot: [10n] })];
