import { integersOf } from '../after-write.ts';
import { type CtlTable, dottedName, type ProcHandler, type SysctlHost } from '../ctl-table.ts';
import { procDointvec } from '../proc-dointvec.ts';
import { keepsItsOwn, setsItsOwn } from '../boot-values.ts';

const CONF = 'net/ipv4/conf';
const ALL_FORWARDING = `${dottedName(CONF)}.all.forwarding`;
const IP_FORWARD = 'net.ipv4.ip_forward';

/** Settings for which the kernel does not note that they were written, and which `default` does not pass on. */
const NOT_HANDED_ON = ['disable_policy', 'disable_xfrm', 'drop_unicast_in_l2_multicast', 'promote_secondaries'];

/** The dotted name of a setting of `all`, `default` or an interface. */
function settingOf(device: string, setting: string): string {
  return dottedName(`${CONF}/${device}/${setting}`);
}

/**
 * A file of /proc/sys/net/ipv4/conf. A value of `default` is copied to the interfaces whose own was never written. A refused write counts
 * as a write too. Mirrors devinet_conf_proc() and devinet_copy_dflt_conf() (net/ipv4/devinet.c).
 */
export const devinetConfProc: ProcHandler = {
  read: procDointvec.read,
  write(host, entry, position, data) {
    const answer = procDointvec.write(host, entry, position, data);
    if (NOT_HANDED_ON.includes(entry.procname)) return answer;
    setsItsOwn(host, entry.name);
    if (entry.name === settingOf('default', entry.procname)) {
      for (const { name } of host.interfaces ?? []) {
        const own = settingOf(name, entry.procname);
        if (!keepsItsOwn(host, own)) host.values.set(own, integersOf(host, entry.name));
      }
    }
    return answer;
  },
  takes: procDointvec.takes,
};

/**
 * `forwarding` of /proc/sys/net/ipv4/conf/DEVICE, and ip_forward, which is that of `all`. A new value of `all` is copied to `default` and
 * every interface, and sets accept_redirects of `all` to its opposite. Mirrors devinet_sysctl_forward() and inet_forward_change()
 * (net/ipv4/devinet.c).
 */
export const devinetSysctlForward: ProcHandler = {
  read: procDointvec.read,
  write(host, entry, position, data) {
    const [old] = integersOf(host, entry.name);
    const answer = procDointvec.write(host, entry, position, data);
    const [value = 0n] = integersOf(host, entry.name);
    if (value !== old && isForwardingOfAll(entry)) forwardChange(host, value);
    return answer;
  },
  takes: procDointvec.takes,
};

function isForwardingOfAll({ name }: CtlTable): boolean {
  return name === IP_FORWARD || name === ALL_FORWARDING;
}

function forwardChange(host: SysctlHost, on: bigint): void {
  for (const name of [IP_FORWARD, ALL_FORWARDING]) host.values.set(name, [on]);
  host.values.set(settingOf('all', 'accept_redirects'), [on === 0n ? 1n : 0n]);
  for (const device of ['default', ...(host.interfaces ?? []).map(({ name }) => name)]) host.values.set(settingOf(device, 'forwarding'), [on]);
}
