import { ERRNO } from '../../../abi/errno.ts';
import { integersOf } from '../after-write.ts';
import { type CtlTable, dottedName, type ProcHandler, type SysctlHost } from '../ctl-table.ts';
import { procDointvec, procDointvecMinmax, procDouintvec, procDouintvecMinmax } from '../proc-dointvec.ts';
import { procDostring, stringOf } from '../proc-dostring.ts';
import { formatIpv6, in6Pton } from './ipv6-address.ts';

const CONF = 'net/ipv6/conf';

/** The dotted name of a setting of `all`, `default` or an interface. */
function settingOf(device: string, setting: string): string {
  return dottedName(`${CONF}/${device}/${setting}`);
}

function deviceOf({ path }: CtlTable): string {
  return path.split('/')[3] ?? '';
}

function devices(host: SysctlHost): string[] {
  return (host.interfaces ?? []).map(({ name }) => name);
}

/** Sets a setting of these devices. */
function setEach(host: SysctlHost, names: readonly string[], setting: string, value: bigint): void {
  for (const name of names) host.values.set(settingOf(name, setting), [value]);
}

type HandOn = (host: SysctlHost, value: bigint, setting: string) => void;

/** The same in kernels until 6.2: what is wrong with a write is not reported, and `answers` says what a write of this number of bytes returns. */
function handedOnUnchecked(handOn: HandOn, answers: (entry: CtlTable, bytes: number) => number): ProcHandler {
  const checked = handedOn(handOn);
  return {
    ...checked,
    write(host, entry, position, data) {
      const answer = checked.write(host, entry, position, data);
      return answers(entry, answer < 0 ? data.length : answer);
    },
  };
}

/** An int. Every accepted write to `all`, even an empty one, passes its value on. */
function handedOn(handOn: HandOn): ProcHandler {
  return {
    read: procDointvec.read,
    write(host, entry, position, data) {
      const answer = procDointvec.write(host, entry, position, data);
      if (answer >= 0 && deviceOf(entry) === 'all') handOn(host, integersOf(host, entry.name)[0] ?? 0n, entry.procname);
      return answer;
    },
    takes: procDointvec.takes,
  };
}

/**
 * `forwarding` of `all` is copied to `default` and every interface; 0 also ends force_forwarding of the interfaces. Mirrors
 * addrconf_sysctl_forward(), addrconf_fixup_forwarding() and addrconf_forward_change() (net/ipv6/addrconf.c).
 */
export const addrconfSysctlForward = handedOn((host, value, setting) => {
  setEach(host, ['default', ...devices(host)], setting, value);
  if (value === 0n) setEach(host, devices(host), 'force_forwarding', 0n);
});

const toDefaultAndInterfaces: HandOn = (host, value, setting) => { setEach(host, ['default', ...devices(host)], setting, value); };
/** write(2) returns what addrconf_fixup_forwarding() and addrconf_fixup_linkdown() did: 1, but of `default`. */
const one = (entry: CtlTable, bytes: number): number => (deviceOf(entry) === 'default' ? bytes : 1);

/** `forwarding` and `ignore_routes_with_linkdown` of kernels until 6.2, and `disable_ipv6`. */
export const addrconfSysctlForwardUnchecked: ProcHandler = {
  ...handedOnUnchecked(toDefaultAndInterfaces, one),
  // Where the handler returns 1, it puts the position back.
  keepsPosition: (_host, entry) => deviceOf(entry) !== 'default',
};
export const addrconfSysctlDisableUnchecked = handedOnUnchecked(toDefaultAndInterfaces, (_entry, bytes) => bytes);

/** `disable_ipv6` of `all` is copied to `default` and every interface. Mirrors addrconf_sysctl_disable() and addrconf_disable_ipv6(). */
export const addrconfSysctlDisable = handedOn(toDefaultAndInterfaces);

/** The same for routes over a link that is down. Mirrors addrconf_sysctl_ignore_routes_with_linkdown() and addrconf_fixup_linkdown(). */
export const addrconfSysctlIgnoreRoutesWithLinkdown = addrconfSysctlDisable;

/** `force_forwarding`: a new value of `all` is copied to every interface. Mirrors addrconf_sysctl_force_forwarding(). */
export const addrconfSysctlForceForwarding: ProcHandler = {
  read: procDouintvecMinmax.read,
  write(host, entry, position, data) {
    const [old] = integersOf(host, entry.name);
    const answer = procDouintvecMinmax.write(host, entry, position, data);
    const [value = 0n] = integersOf(host, entry.name);
    if (value !== old && deviceOf(entry) === 'all') setEach(host, devices(host), entry.procname, value);
    return answer;
  },
  takes: procDouintvecMinmax.takes,
};

/** The least MTU of IPv6 (IPV6_MIN_MTU). What an interface can carry is the row's `extra2`. Mirrors addrconf_sysctl_mtu(). */
export const IPV6_MIN_MTU = 1280n;
export const addrconfSysctlMtu = procDointvecMinmax;

/** IN6_ADDR_GEN_MODE_*: EUI-64, none, stable privacy, random. */
const STABLE_PRIVACY = 2n;
const RANDOM = 3n;
const MOST_ADDR_GEN_MODE = RANDOM;

/**
 * Sets the mode of interfaces. An interface that gets mode 3 draws a secret, unless it has one; the loopback interface needs none. Mirrors
 * addrconf_init_auto_addrs() and ipv6_gen_mode_random_init().
 */
function setAddrGenMode(host: SysctlHost, names: readonly string[], mode: bigint): void {
  for (const { name, kind } of host.interfaces ?? []) {
    if (!names.includes(name)) continue;
    const secret = settingOf(name, 'stable_secret');
    if (mode === RANDOM && kind !== 'loopback' && !host.values.has(secret)) {
      host.values.set(secret, formatIpv6(Uint8Array.from({ length: 16 }, () => host.entropy?.integer(256) ?? 0)));
    }
    setEach(host, [name], 'addr_gen_mode', mode);
  }
}

/**
 * `addr_gen_mode`: 0 to 3; 2 only for an interface that has a secret, or may use the one of `default`. That of `all` is copied to `default`
 * and every interface. Mirrors addrconf_sysctl_addr_gen_mode(), check_addr_gen_mode() and check_stable_privacy().
 */
export const addrconfSysctlAddrGenMode: ProcHandler = {
  read: procDouintvec.read,
  write(host, entry, position, data) {
    const old = integersOf(host, entry.name);
    const answer = procDouintvec.write(host, entry, position, data);
    if (answer < 0) return answer;
    const [mode = 0n] = integersOf(host, entry.name);
    const device = deviceOf(entry);
    const isInterface = device !== 'all' && device !== 'default';
    const secretMissing = isInterface && ![device, 'default'].some((name) => host.values.has(settingOf(name, 'stable_secret')));
    if (mode > MOST_ADDR_GEN_MODE || (mode === STABLE_PRIVACY && secretMissing)) {
      host.values.set(entry.name, old);
      return -ERRNO.EINVAL;
    }
    if (device === 'all') {
      setEach(host, ['default'], entry.procname, mode);
      setAddrGenMode(host, devices(host), mode);
    } else if (isInterface && mode !== old[0]) {
      setAddrGenMode(host, [device], mode);
    }
    return answer;
  },
  takes: () => 'a whole number from 0 to 3, of an interface 2 only where stable_secret is set',
};

/**
 * `stable_secret`: an IPv6 address. EIO for `all`, for a text that is not an address, and for reading before a write. It sets addr_gen_mode to
 * 2: of the interface, or of every interface if it is that of `default`. Mirrors addrconf_sysctl_stable_secret().
 */
export const addrconfSysctlStableSecret: ProcHandler = {
  read(host, entry, position, length) {
    if (deviceOf(entry) === 'all' || !host.values.has(entry.name)) return -ERRNO.EIO;
    return procDostring.read(host, entry, position, length);
  },
  write(host, entry, position, data) {
    const device = deviceOf(entry);
    if (device === 'all') return -ERRNO.EIO;
    const old = host.values.get(entry.name);
    host.values.set(entry.name, old ?? formatIpv6(new Uint8Array(16)));
    const answer = procDostring.write(host, entry, position, data);
    const address = in6Pton(stringOf(host, entry.name));
    if (address === undefined) {
      if (old === undefined) host.values.delete(entry.name);
      else host.values.set(entry.name, old);
      return -ERRNO.EIO;
    }
    host.values.set(entry.name, formatIpv6(address));
    setEach(host, device === 'default' ? devices(host) : [device], 'addr_gen_mode', STABLE_PRIVACY);
    return answer;
  },
  takes: () => 'an IPv6 address',
};
