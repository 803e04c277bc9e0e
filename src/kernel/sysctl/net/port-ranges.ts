import { ERRNO } from '../../../abi/errno.ts';
import { LOG_LEVEL } from '../../../abi/log-level.ts';
import { integersOf } from '../after-write.ts';
import type { ProcHandler, SysctlHost } from '../ctl-table.ts';
import { procDointvecMinmax, procDoulongvecMinmax } from '../proc-dointvec.ts';

const LOCAL_PORT_RANGE = 'net.ipv4.ip_local_port_range';
const UNPRIVILEGED_PORT_START = 'net.ipv4.ip_unprivileged_port_start';
const WARNED = `${LOCAL_PORT_RANGE}#warned`;

/** Two numbers of a sysctl. */
function pairOf(host: SysctlHost, name: string): readonly [low: bigint, high: bigint] {
  const [low = 0n, high = 0n] = integersOf(host, name);
  return [low, high];
}

/**
 * /proc/sys/net/ipv4/ip_local_port_range: the lower port first, above the privileged ones. A pair of two odd or two even ports is taken, but the
 * first is complained of. Mirrors ipv4_local_port_range() and set_local_port_range() (net/ipv4/sysctl_net_ipv4.c).
 */
export const ipv4LocalPortRange: ProcHandler = {
  read: procDointvecMinmax.read,
  write(host, entry, position, data) {
    const old = integersOf(host, entry.name);
    const answer = procDointvecMinmax.write(host, entry, position, data);
    if (answer < 0) return answer;
    const [low, high] = pairOf(host, entry.name);
    if (high < low || low < (integersOf(host, UNPRIVILEGED_PORT_START)[0] ?? 0n)) {
      host.values.set(entry.name, old);
      return -ERRNO.EINVAL;
    }
    if (((low ^ high) & 1n) === 0n && !host.values.has(WARNED)) {
      host.values.set(WARNED, [1n]);
      host.printk(LOG_LEVEL.err, 'ip_local_port_range: prefer different parity for start/end values.');
    }
    return answer;
  },
  takes: () => `two ports, from ${UNPRIVILEGED_PORT_START} to 65535, the lower first`,
};

/**
 * /proc/sys/net/ipv4/ip_unprivileged_port_start: no port of ip_local_port_range may be below it. Mirrors ipv4_privileged_ports()
 * (net/ipv4/sysctl_net_ipv4.c).
 */
export const ipv4PrivilegedPorts: ProcHandler = {
  read: procDointvecMinmax.read,
  write(host, entry, position, data) {
    const old = integersOf(host, entry.name);
    const answer = procDointvecMinmax.write(host, entry, position, data);
    if (answer < 0) return answer;
    const [low] = pairOf(host, LOCAL_PORT_RANGE);
    if (low >= (integersOf(host, entry.name)[0] ?? 0n)) return answer;
    host.values.set(entry.name, old);
    return -ERRNO.EINVAL;
  },
  takes: () => `a port from 0 to the first of ${LOCAL_PORT_RANGE}`,
};

/** What stands for no group at all. */
const NO_GROUP = [1n, 0n] as const;

/**
 * /proc/sys/net/ipv4/ping_group_range: two group ids; a range that is empty reads back as `1 0`. Mirrors ipv4_ping_group_range()
 * (net/ipv4/sysctl_net_ipv4.c).
 */
export const ipv4PingGroupRange: ProcHandler = {
  read: procDoulongvecMinmax.read,
  write(host, entry, position, data) {
    const answer = procDoulongvecMinmax.write(host, entry, position, data);
    const [low, high] = pairOf(host, entry.name);
    if (answer >= 0 && high < low) host.values.set(entry.name, NO_GROUP);
    return answer;
  },
  takes: () => 'two group ids, the lower first, or 1 0 for no group',
};

/** /proc/sys/net/phonet/local_port_range: two ports, the lower first. Mirrors proc_local_port_range() (net/phonet/sysctl.c). */
export const procLocalPortRange: ProcHandler = {
  read: procDointvecMinmax.read,
  write(host, entry, position, data) {
    const old = integersOf(host, entry.name);
    const answer = procDointvecMinmax.write(host, entry, position, data);
    const [low, high] = pairOf(host, entry.name);
    const refused = answer < 0 ? answer : high < low ? -ERRNO.EINVAL : 0;
    if (refused < 0) host.values.set(entry.name, old);
    return refused < 0 ? refused : answer;
  },
  takes: () => 'two ports from 0 to 1023, the lower first',
};
