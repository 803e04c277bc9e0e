import type { CtlTable } from '../ctl-table.ts';
import { mtuOf, type NetInterface } from '../machine-parts.ts';
import { IPV6_MIN_MTU } from '../net/addrconf.ts';
import { NET_CORE_SYSCTLS } from './net-core.ts';
import { ipv4ConfSysctls, NET_IPV4_CONF_SYSCTLS } from './net-ipv4-conf.ts';
import { NET_IPV4_SYSCTLS } from './net-ipv4.ts';
import { ipv6ConfSysctls, NET_IPV6_CONF_SYSCTLS } from './net-ipv6-conf.ts';
import { NET_IPV6_SYSCTLS } from './net-ipv6.ts';
import { NET_MPTCP_SYSCTLS } from './net-mptcp.ts';
import { NET_NEIGH_SYSCTLS, neighSysctls } from './net-neigh.ts';
import { NET_NETFILTER_SYSCTLS } from './net-netfilter.ts';
import { NET_TCP_SYSCTLS } from './net-tcp.ts';
import { NET_UNIX_SYSCTLS } from './net-unix.ts';

/** The files of /proc/sys/net that a machine has whatever its interfaces and modules are. */
export const NET_SYSCTLS: readonly CtlTable[] = [
  ...NET_CORE_SYSCTLS, ...NET_IPV4_SYSCTLS, ...NET_TCP_SYSCTLS, ...NET_IPV4_CONF_SYSCTLS, ...NET_NEIGH_SYSCTLS, ...NET_IPV6_SYSCTLS,
  ...NET_IPV6_CONF_SYSCTLS, ...NET_MPTCP_SYSCTLS, ...NET_NETFILTER_SYSCTLS, ...NET_UNIX_SYSCTLS,
];

/** The files that an interface adds. One whose packets are too small for IPv6 has none of it: addrconf_notify() of net/ipv6/addrconf.c. */
export function netInterfaceSysctls(each: NetInterface): readonly CtlTable[] {
  const ipv4 = [...ipv4ConfSysctls(each), ...neighSysctls('ipv4', each)];
  return mtuOf(each) < IPV6_MIN_MTU ? ipv4 : [...ipv4, ...ipv6ConfSysctls(each), ...neighSysctls('ipv6', each)];
}
