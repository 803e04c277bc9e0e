import { ERRNO } from '../../../abi/errno.ts';
import type { ProcHandler, SysctlHost } from '../ctl-table.ts';
import { procDochoice } from '../proc-dochoice.ts';
import { procDostring, stringOf } from '../proc-dostring.ts';

const AVAILABLE = 'net.ipv4.tcp_available_congestion_control';
const ALLOWED = 'net.ipv4.tcp_allowed_congestion_control';

function listed(host: SysctlHost, name: string): string[] {
  return stringOf(host, name).split(' ').filter((word) => word !== '');
}

/** Allows these. The list is in the order in which the kernel registered them. */
function allow(host: SysctlHost, allowed: readonly string[]): void {
  host.values.set(ALLOWED, listed(host, AVAILABLE).filter((name) => allowed.includes(name)).join(' '));
}

/**
 * /proc/sys/net/ipv4/tcp_congestion_control: an algorithm the kernel has, which everybody may use from then on. Mirrors
 * proc_tcp_congestion_control() (net/ipv4/sysctl_net_ipv4.c) and tcp_set_default_congestion_control() (net/ipv4/tcp_cong.c).
 */
export const procTcpCongestionControl = procDochoice({
  names: (host) => listed(host, AVAILABLE),
  accepted: (host, name) => { allow(host, [...listed(host, ALLOWED), name]); },
  takes: `a name of ${AVAILABLE}, to which a module may add`,
});

/**
 * /proc/sys/net/ipv4/tcp_allowed_congestion_control: algorithms the kernel has, with one space between. Names after two spaces do not
 * count. Mirrors proc_allowed_congestion_control() (net/ipv4/sysctl_net_ipv4.c) and tcp_set_allowed_congestion_control()
 * (net/ipv4/tcp_cong.c).
 */
export const procAllowedCongestionControl: ProcHandler = {
  read: procDostring.read,
  write(host, entry, position, data) {
    const old = stringOf(host, entry.name);
    const answer = procDostring.write(host, entry, position, data);
    const words = stringOf(host, entry.name).split(' ');
    const end = words.indexOf('');
    const names = end < 0 ? words : words.slice(0, end);
    host.values.set(entry.name, old);
    if (names.some((name) => !listed(host, AVAILABLE).includes(name))) return -ERRNO.ENOENT;
    allow(host, names);
    return answer;
  },
  takes: () => `names of ${AVAILABLE}`,
};
