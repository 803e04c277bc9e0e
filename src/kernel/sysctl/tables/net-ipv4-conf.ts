import { NET_ADMIN } from '../capability-checks.ts';
import { type CtlTable, dottedName, sysctl } from '../ctl-table.ts';
import type { NetInterface } from '../machine-parts.ts';
import { procDointvec } from '../proc-dointvec.ts';
import { devinetConfProc, devinetSysctlForward } from '../net/devinet.ts';

/** What all settings are at boot that are not 0: ipv4_devconf and ipv4_devconf_dflt of net/ipv4/devinet.c. */
const BOOT: Readonly<Record<string, bigint>> = {
  accept_redirects: 1n, arp_evict_nocarrier: 1n, secure_redirects: 1n, send_redirects: 1n, shared_media: 1n,
  igmpv2_unsolicited_report_interval: 10_000n, igmpv3_unsolicited_report_interval: 1000n,
};
const BOOT_OF_DEFAULT: Readonly<Record<string, bigint>> = { ...BOOT, accept_source_route: 1n };

/** The settings of a loopback interface that are not those of `default`: inetdev_event() of net/ipv4/devinet.c. */
const LOOPBACK: Readonly<Record<string, bigint>> = { disable_policy: 1n, disable_xfrm: 1n };

/** devinet_vars[] of net/ipv4/devinet.c, but for forwarding. */
const SETTINGS = [
  'bc_forwarding', 'accept_redirects', 'secure_redirects', 'shared_media', 'rp_filter', 'send_redirects', 'accept_source_route',
  'accept_local', 'src_valid_mark', 'proxy_arp', 'medium_id', 'bootp_relay', 'log_martians', 'tag', 'arp_filter', 'arp_announce',
  'arp_ignore', 'arp_accept', 'arp_notify', 'arp_evict_nocarrier', 'proxy_arp_pvlan', 'force_igmp_version',
  'igmpv2_unsolicited_report_interval', 'igmpv3_unsolicited_report_interval', 'ignore_routes_with_linkdown', 'drop_gratuitous_arp',
  'disable_xfrm', 'disable_policy', 'promote_secondaries', 'route_localnet', 'drop_unicast_in_l2_multicast',
] as const;

/** Settings that older kernels flush the routes for, and do not hand on (ipv4_doint_and_flush()). */
const BEFORE: Readonly<Record<string, Pick<CtlTable, 'before'>>> = { route_localnet: { before: { '7.2': { handler: procDointvec } } } };

/** The files of a directory of /proc/sys/net/ipv4/conf. `row` says what a setting is when it appears. */
function conf(device: string, row: (setting: string) => Pick<CtlTable, 'boot' | 'inherits'>): CtlTable[] {
  const path = (setting: string): string => `net/ipv4/conf/${device}/${setting}`;
  return [
    sysctl(path('forwarding'), devinetSysctlForward, { ...row('forwarding'), capability: NET_ADMIN }),
    sysctl(path('mc_forwarding'), devinetConfProc, { mode: 0o444, ...row('mc_forwarding') }),
    ...SETTINGS.map((setting) => sysctl(path(setting), devinetConfProc, { ...row(setting), ...BEFORE[setting] })),
  ];
}

/** /proc/sys/net/ipv4/conf/all and default. */
export const NET_IPV4_CONF_SYSCTLS: readonly CtlTable[] = [
  ...conf('all', (setting) => ({ boot: [BOOT[setting] ?? 0n] })),
  ...conf('default', (setting) => ({ boot: [BOOT_OF_DEFAULT[setting] ?? 0n] })),
];

/** /proc/sys/net/ipv4/conf/NAME: an interface begins with the settings of `default`. Mirrors inetdev_init() (net/ipv4/devinet.c). */
export function ipv4ConfSysctls({ name, kind }: NetInterface): CtlTable[] {
  return conf(name, (setting) => {
    const own = kind === 'loopback' ? LOOPBACK[setting] : undefined;
    return own === undefined ? { inherits: dottedName(`net/ipv4/conf/default/${setting}`) } : { boot: [own] };
  });
}
