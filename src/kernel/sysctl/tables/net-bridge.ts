// A table of its own: one source file of the kernel, which a module loads.
import { type CtlTable, sysctl } from '../ctl-table.ts';
import { brnfSysctlCallTables } from '../net/nf-handlers.ts';

/** The files that the module br_netfilter adds: brnf_table[] of net/bridge/br_netfilter_hooks.c. */
export const BR_NETFILTER_SYSCTLS: readonly CtlTable[] = [
  sysctl('net/bridge/bridge-nf-call-arptables', brnfSysctlCallTables, { boot: [1n] }),
  sysctl('net/bridge/bridge-nf-call-iptables', brnfSysctlCallTables, { boot: [1n] }),
  sysctl('net/bridge/bridge-nf-call-ip6tables', brnfSysctlCallTables, { boot: [1n] }),
  sysctl('net/bridge/bridge-nf-filter-vlan-tagged', brnfSysctlCallTables, { boot: [0n] }),
  sysctl('net/bridge/bridge-nf-filter-pppoe-tagged', brnfSysctlCallTables, { boot: [0n] }),
  sysctl('net/bridge/bridge-nf-pass-vlan-input-dev', brnfSysctlCallTables, { boot: [0n] }),
];
