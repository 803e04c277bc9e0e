// A table of its own: one source file of the kernel.
import { type CtlTable, sysctl } from '../ctl-table.ts';
import { procDointvecMinmax } from '../proc-dointvec.ts';

/** unix_table[] of net/unix/sysctl_net_unix.c. */
export const NET_UNIX_SYSCTLS: readonly CtlTable[] = [
  // The bound was given to stable kernels first.
  sysctl('net/unix/max_dgram_qlen', procDointvecMinmax, { boot: [10n], before: { '7.2': { extra1: 0n }, '6.12': { extra1: undefined } } }),
];
