import { type CtlTable, dottedName, sysctl } from '../ctl-table.ts';
import { type InterfaceKind, mtuOf, type NetInterface } from '../machine-parts.ts';
import {
  addrconfSysctlAddrGenMode, addrconfSysctlDisable, addrconfSysctlDisableUnchecked, addrconfSysctlForceForwarding, addrconfSysctlForward,
  addrconfSysctlForwardUnchecked, addrconfSysctlIgnoreRoutesWithLinkdown, addrconfSysctlMtu, addrconfSysctlStableSecret, IPV6_MIN_MTU,
} from '../net/addrconf.ts';
import {
  procDointvec, procDointvecJiffies, procDointvecMinmax, procDointvecMsJiffies, procDou8vecMinmax, procDouintvec, procDouintvecMinmax,
} from '../proc-dointvec.ts';
import { ZERO_OR_ONE } from '../bounds.ts';

type Row = Parameters<typeof sysctl>[2];

/** Bytes of an IPv6 address as text, with an IPv4 address at its end and a NUL. */
const IPV6_MAX_STRLEN = 46;

/** addrconf_sysctl[] of net/ipv6/addrconf.c: the files of a directory of /proc/sys/net/ipv6/conf. `start` says what one is when it appears. */
function conf(device: string, start: (setting: string, boot: bigint | undefined) => Row): CtlTable[] {
  const file = (setting: string, handler: CtlTable['handler'], boot: bigint | undefined, row: Row = {}): CtlTable =>
    sysctl(`net/ipv6/conf/${device}/${setting}`, handler, { ...row, ...start(setting, boot) });
  return [
    file('forwarding', addrconfSysctlForward, 0n, { before: { '6.12': { handler: addrconfSysctlForwardUnchecked } } }),
    file('hop_limit', procDointvecMinmax, 64n, { extra1: 1n, extra2: 255n }),
    file('mtu', addrconfSysctlMtu, 1280n, { extra1: IPV6_MIN_MTU }),
    file('accept_ra', procDointvec, 1n),
    file('accept_redirects', procDointvec, 1n),
    file('autoconf', procDointvec, 1n),
    file('dad_transmits', procDointvec, 1n),
    file('router_solicitations', procDointvecMinmax, -1n, { extra1: -1n }),
    file('router_solicitation_interval', procDointvecJiffies, 4n),
    file('router_solicitation_max_interval', procDointvecJiffies, 3600n),
    file('router_solicitation_delay', procDointvecJiffies, 1n),
    file('force_mld_version', procDointvec, 0n),
    file('mldv1_unsolicited_report_interval', procDointvecMsJiffies, 10000n),
    file('mldv2_unsolicited_report_interval', procDointvecMsJiffies, 1000n),
    file('use_tempaddr', procDointvec, 0n),
    file('temp_valid_lft', procDointvec, 172800n, { before: { '7.2': { boot: [604800n] } } }),
    file('temp_prefered_lft', procDointvec, 86400n),
    file('regen_min_advance', procDointvec, 2n, { since: '6.12' }),
    file('regen_max_retry', procDointvec, 3n),
    file('max_desync_factor', procDointvec, 600n),
    file('max_addresses', procDointvec, 16n),
    file('accept_ra_defrtr', procDointvec, 1n),
    file('ra_defrtr_metric', procDouintvecMinmax, 1024n, { extra1: 1n }),
    file('accept_ra_min_hop_limit', procDointvec, 1n),
    file('accept_ra_min_lft', procDointvec, 0n),
    file('accept_ra_pinfo', procDointvec, 1n),
    file('ra_honor_pio_life', procDou8vecMinmax, 0n, { since: '6.12', ...ZERO_OR_ONE }),
    file('ra_honor_pio_pflag', procDou8vecMinmax, 0n, { since: '6.12', ...ZERO_OR_ONE }),
    file('accept_ra_rtr_pref', procDointvec, 1n),
    file('router_probe_interval', procDointvecJiffies, 60n),
    file('accept_ra_rt_info_min_plen', procDointvec, 0n),
    file('accept_ra_rt_info_max_plen', procDointvec, 0n),
    file('proxy_ndp', procDointvec, 0n),
    file('accept_source_route', procDointvec, 0n),
    file('optimistic_dad', procDointvec, 0n),
    file('use_optimistic', procDointvec, 0n),
    file('mc_forwarding', procDointvec, 0n, { mode: 0o444 }),
    file('disable_ipv6', addrconfSysctlDisable, 0n, { before: { '6.12': { handler: addrconfSysctlDisableUnchecked } } }),
    file('accept_dad', procDointvec, 1n),
    file('force_tllao', procDointvec, 0n),
    file('ndisc_notify', procDointvec, 0n),
    file('suppress_frag_ndisc', procDointvec, 1n),
    file('accept_ra_from_local', procDointvec, 0n),
    file('accept_ra_mtu', procDointvec, 1n),
    file('stable_secret', addrconfSysctlStableSecret, undefined, { mode: 0o600, maxlen: IPV6_MAX_STRLEN }),
    file('use_oif_addrs_only', procDointvec, 0n),
    file('ignore_routes_with_linkdown', addrconfSysctlIgnoreRoutesWithLinkdown, 0n, {
      before: { '6.12': { handler: addrconfSysctlForwardUnchecked } },
    }),
    file('drop_unicast_in_l2_multicast', procDointvec, 0n),
    file('drop_unsolicited_na', procDointvec, 0n),
    file('keep_addr_on_down', procDointvec, 0n),
    file('seg6_enabled', procDointvec, 0n),
    file('seg6_require_hmac', procDointvec, 0n),
    file('enhanced_dad', procDointvec, 1n),
    file('addr_gen_mode', addrconfSysctlAddrGenMode, 0n),
    file('disable_policy', procDointvec, 0n),
    file('ndisc_tclass', procDointvecMinmax, 0n, { extra1: 0n, extra2: 255n }),
    file('rpl_seg_enabled', procDointvecMinmax, 0n, { ...ZERO_OR_ONE }),
    file('ioam6_enabled', procDou8vecMinmax, 0n, { ...ZERO_OR_ONE }),
    file('ioam6_id', procDouintvecMinmax, 65535n, { extra2: 65535n }),
    file('ioam6_id_wide', procDouintvec, 4294967295n),
    file('ndisc_evict_nocarrier', procDou8vecMinmax, 1n, { ...ZERO_OR_ONE }),
    file('accept_untracked_na', procDointvecMinmax, 0n, { extra1: 0n, extra2: 2n }),
    file('force_forwarding', addrconfSysctlForceForwarding, 0n, { since: '7.2', ...ZERO_OR_ONE }),
  ];
}

/**
 * /proc/sys/net/ipv6/conf/all and default: ipv6_devconf and ipv6_devconf_dflt of net/ipv6/addrconf.c, which are alike but for accept_dad.
 */
export const NET_IPV6_CONF_SYSCTLS: readonly CtlTable[] = [
  ...conf('all', (setting, boot) => bootOf(setting === 'accept_dad' ? 0n : boot)),
  ...conf('default', (_setting, boot) => bootOf(boot)),
];

function bootOf(value: bigint | undefined): Row {
  return value === undefined ? {} : { boot: [value] };
}

/** The settings of an interface that are not those of `default`. Mirrors ipv6_add_dev() (net/ipv6/addrconf.c). */
const OWN: Readonly<Record<InterfaceKind, Readonly<Record<string, bigint>>>> = {
  loopback: { accept_dad: -1n, use_tempaddr: -1n }, 'no-arp': { accept_dad: -1n }, ethernet: {},
};

/** /proc/sys/net/ipv6/conf/NAME: an interface begins with the settings of `default`. */
export function ipv6ConfSysctls(each: NetInterface): CtlTable[] {
  const { name, kind } = each;
  const mtu = BigInt(mtuOf(each));
  return conf(name, (setting) => {
    if (setting === 'mtu') return { boot: [mtu], extra2: mtu };
    const own = OWN[kind][setting];
    return own === undefined ? { inherits: dottedName(`net/ipv6/conf/default/${setting}`) } : { boot: [own] };
  });
}
