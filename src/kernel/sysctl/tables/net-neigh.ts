import { type CtlTable, dottedName, sysctl } from '../ctl-table.ts';
import type { NetInterface } from '../machine-parts.ts';
import {
  BYTES, neighProc, neighProcDointvecUnresQlen, neighProcDointvecZeroIntmax, ndiscDeprecated, PACKETS,
} from '../net/neighbour.ts';
import {
  procDointvecJiffies, procDointvecMinmax, procDointvecMsJiffies, procDointvecMsJiffiesMinmax, procDointvecOfJiffies, procDointvecUserhzJiffies,
} from '../proc-dointvec.ts';
import { CENTISECONDS, HZ, JIFFIES, MILLISECONDS, type Scale, SECONDS } from '../scales.ts';

type Family = 'ipv4' | 'ipv6';
type Row = Parameters<typeof sysctl>[2];

const NOT_NEGATIVE = { extra1: 0n };
/** NTBL_PARM_MS_MAX: a day, in jiffies. */
const DAY = 24n * 3600n * HZ;

const seconds = neighProc(procDointvecJiffies);
const centiseconds = neighProc(procDointvecUserhzJiffies);
const milliseconds = neighProc(procDointvecMsJiffies);
const millisecondsToADay = neighProc(procDointvecMsJiffiesMinmax);

/** What differs between ARP and neighbour discovery: arp_tbl of net/ipv4/arp.c, nd_tbl and ndisc_ifinfo_sysctl_change() of net/ipv6/ndisc.c. */
const FAMILIES = {
  ipv4: { locktime: 100n, retransTime: centiseconds, retransScale: CENTISECONDS, retransBoot: 100n, baseReachableTime: seconds },
  ipv6: {
    locktime: 0n, retransTime: ndiscDeprecated(neighProc(procDointvecOfJiffies)), retransScale: JIFFIES, retransBoot: HZ,
    baseReachableTime: ndiscDeprecated(seconds),
  },
} as const;

/** neigh_vars[] of net/core/neighbour.c: the files of a directory of /proc/sys/net/FAMILY/neigh. `start` says what one is when it appears. */
function neigh(family: Family, device: string, start: (file: string, boot: bigint) => Pick<CtlTable, 'boot' | 'inherits'>): CtlTable[] {
  const { locktime, retransTime, retransScale, retransBoot, baseReachableTime } = FAMILIES[family];
  const file = (name: string, handler: CtlTable['handler'], boot: bigint, row: Row = {}): CtlTable =>
    sysctl(`net/${family}/neigh/${device}/${name}`, handler, { ...row, ...start(name, boot) });
  /** Another file of the same number. */
  const twin = (name: string, twinScale: Scale): Pick<CtlTable, 'twin' | 'twinScale'> =>
    ({ twin: dottedName(`net/${family}/neigh/${device}/${name}`), twinScale });
  return [
    file('mcast_solicit', neighProcDointvecZeroIntmax, 3n, NOT_NEGATIVE),
    file('ucast_solicit', neighProcDointvecZeroIntmax, 3n, NOT_NEGATIVE),
    file('app_solicit', neighProcDointvecZeroIntmax, 0n, NOT_NEGATIVE),
    file('mcast_resolicit', neighProcDointvecZeroIntmax, 0n, NOT_NEGATIVE),
    file('retrans_time', retransTime, retransBoot, twin('retrans_time_ms', MILLISECONDS)),
    file('base_reachable_time', baseReachableTime, 30n, twin('base_reachable_time_ms', MILLISECONDS)),
    file('delay_first_probe_time', seconds, 5n),
    file('interval_probe_time_ms', millisecondsToADay, 5000n, { extra1: 1n, extra2: DAY, before: { '7.2': { extra2: undefined } } }),
    file('gc_stale_time', seconds, 60n),
    file('unres_qlen_bytes', neighProcDointvecZeroIntmax, 212_992n, { ...NOT_NEGATIVE, ...twin('unres_qlen', PACKETS) }),
    file('proxy_qlen', neighProcDointvecZeroIntmax, 64n, NOT_NEGATIVE),
    file('anycast_delay', centiseconds, 100n),
    file('proxy_delay', centiseconds, 80n),
    file('locktime', centiseconds, locktime),
    file('unres_qlen', neighProcDointvecUnresQlen, 101n, { ...NOT_NEGATIVE, ...twin('unres_qlen_bytes', BYTES) }),
    file('retrans_time_ms', milliseconds, 1000n, twin('retrans_time', retransScale)),
    file('base_reachable_time_ms', milliseconds, 30_000n, twin('base_reachable_time', SECONDS)),
  ];
}

/** The files of `default` alone, which are about the table as a whole. */
function tableOf(family: Family): CtlTable[] {
  const path = `net/${family}/neigh/default`;
  return [
    sysctl(`${path}/gc_interval`, procDointvecJiffies, { boot: [30n] }),
    sysctl(`${path}/gc_thresh1`, procDointvecMinmax, { boot: [128n], ...NOT_NEGATIVE }),
    sysctl(`${path}/gc_thresh2`, procDointvecMinmax, { boot: [512n], ...NOT_NEGATIVE }),
    sysctl(`${path}/gc_thresh3`, procDointvecMinmax, { boot: [1024n], ...NOT_NEGATIVE }),
  ];
}

/** /proc/sys/net/FAMILY/neigh/default. */
export const NET_NEIGH_SYSCTLS: readonly CtlTable[] = (['ipv4', 'ipv6'] as const).flatMap((family) => [
  ...neigh(family, 'default', (_file, boot) => ({ boot: [boot] })), ...tableOf(family),
]);

/** /proc/sys/net/FAMILY/neigh/NAME: an interface begins with the numbers of `default`. Mirrors neigh_parms_alloc() (net/core/neighbour.c). */
export function neighSysctls(family: Family, { name }: NetInterface): CtlTable[] {
  return neigh(family, name, (file) => ({ inherits: dottedName(`net/${family}/neigh/default/${file}`) }));
}
