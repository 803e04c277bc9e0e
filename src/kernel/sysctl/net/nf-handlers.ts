import { ERRNO } from '../../../abi/errno.ts';
import { integersOf } from '../after-write.ts';
import type { CtlTable, MachineSize, ProcHandler, SysctlHost } from '../ctl-table.ts';
import { procDointvec, procDointvecMinmax } from '../proc-dointvec.ts';
import { procDostring, writtenString } from '../proc-dostring.ts';

const NO_LOGGER = 'NONE';

/** The loggers of the module nf_log_syslog by protocol family, each of which is in use once it is loaded. Source: net/netfilter/nf_log_syslog.c. */
const SYSLOG_LOGGERS: Readonly<Record<string, string>> = {
  2: 'nf_log_ipv4', 3: 'nf_log_arp', 5: 'nf_log_netdev', 7: 'nf_log_bridge', 10: 'nf_log_ipv6',
};
/** The logger of the module nfnetlink_log, for every family. */
const NFNETLINK_LOGGER = 'nfnetlink_log';

/** Boot value of net.netfilter.nf_log.FAMILY. */
export function nfLogger(family: number): (host: MachineSize) => string {
  return ({ modules = [] }) => (modules.includes('nf_log_syslog') ? SYSLOG_LOGGERS[family] ?? NO_LOGGER : NO_LOGGER);
}

/** The loggers that a family can have, in the order in which they are looked for. */
function loggersOf({ modules = [] }: SysctlHost, { procname }: CtlTable): readonly string[] {
  const syslog = modules.includes('nf_log_syslog') ? SYSLOG_LOGGERS[procname] : undefined;
  return [...(syslog === undefined ? [] : [syslog]), ...(modules.includes('nfnetlink_log') ? [NFNETLINK_LOGGER] : [])];
}

/**
 * /proc/sys/net/netfilter/nf_log/N: the logger of a protocol family, or NONE. A name counts if it begins with that of a logger, in any case. A
 * write begins with an empty name, wherever it goes. Mirrors nf_log_proc_dostring() and __find_logger() (net/netfilter/nf_log.c).
 */
export const nfLogProcDostring: ProcHandler = {
  read: procDostring.read,
  write(host, entry, position, data) {
    const name = writtenString(host, entry, '', position, data);
    const logger = name === NO_LOGGER ? NO_LOGGER : loggersOf(host, entry).find((each) => name.toLowerCase().startsWith(each));
    if (logger === undefined) return -ERRNO.ENOENT;
    host.values.set(entry.name, logger);
    return data.length;
  },
  takes: () => `${NO_LOGGER}, or the logger of a module`,
};

const INT_MAX = 2n ** 31n - 1n;
const POINTER_BYTES = 8n;
/** Buckets in a page. */
const BUCKETS = 4096n / POINTER_BYTES;

/** Buckets of a table of the requested size: whole pages. Mirrors nf_ct_alloc_hashtable() (net/netfilter/nf_conntrack_core.c). */
export function conntrackBuckets(wanted: bigint): bigint {
  return ((wanted + BUCKETS - 1n) / BUCKETS) * BUCKETS;
}

/**
 * /proc/sys/net/netfilter/nf_conntrack_buckets: rounded up to whole pages. Mirrors nf_conntrack_hash_sysctl()
 * (net/netfilter/nf_conntrack_standalone.c) and nf_conntrack_hash_resize().
 */
export const nfConntrackHashSysctl: ProcHandler = {
  read: procDointvec.read,
  write(host, entry, position, data) {
    const old = integersOf(host, entry.name);
    const answer = procDointvec.write(host, entry, position, data);
    const wanted = BigInt.asUintN(32, integersOf(host, entry.name)[0] ?? 0n);
    host.values.set(entry.name, old);
    if (answer < 0) return answer;
    if (wanted === 0n) return -ERRNO.EINVAL;
    const buckets = conntrackBuckets(wanted);
    if (buckets > INT_MAX / POINTER_BYTES || buckets * POINTER_BYTES > BigInt(host.totalRamKb) * 1024n) return -ERRNO.ENOMEM;
    host.values.set(entry.name, [buckets]);
    return answer;
  },
  takes: () => 'a whole number from 1, as far as there is memory',
};

/** /proc/sys/net/bridge/*: any number but 0 counts as 1. Mirrors brnf_sysctl_call_tables() (net/bridge/br_netfilter_hooks.c). */
export const brnfSysctlCallTables: ProcHandler = {
  read: procDointvec.read,
  write(host, entry, position, data) {
    const answer = procDointvec.write(host, entry, position, data);
    host.values.set(entry.name, integersOf(host, entry.name).map((value) => (value === 0n ? 0n : 1n)));
    return answer;
  },
  takes: procDointvec.takes,
};

/**
 * /proc/sys/net/netfilter/nf_hooks_lwtunnel: once 1, it stays so. An empty write counts as 0. Mirrors nf_hooks_lwtunnel_sysctl_handler()
 * (net/netfilter/nf_hooks_lwtunnel.c).
 */
export const nfHooksLwtunnelSysctlHandler: ProcHandler = {
  read: procDointvecMinmax.read,
  write(host, entry, position, data) {
    const enabled = isSet(host, entry.name);
    host.values.set(entry.name, [0n]);
    const answer = procDointvecMinmax.write(host, entry, position, data);
    const refused = answer >= 0 && enabled && !isSet(host, entry.name);
    if (enabled) host.values.set(entry.name, [1n]);
    return refused ? -ERRNO.EBUSY : answer;
  },
  takes: () => '1; 0 as long as it is 0',
};

function isSet(host: SysctlHost, name: string): boolean {
  return (integersOf(host, name)[0] ?? 0n) !== 0n;
}
