import { ERRNO } from '../../../abi/errno.ts';
import { integersOf } from '../after-write.ts';
import type { ProcHandler, SysctlHost } from '../ctl-table.ts';
import { procDointvec, procDointvecMinmax } from '../proc-dointvec.ts';
import { procDostring, stringOf } from '../proc-dostring.ts';

const NO_LOGGER = 'NONE';

/**
 * /proc/sys/net/netfilter/nf_log/N: the logger of a protocol family. This machine has none, so only NONE is taken. A write begins with an empty
 * name, wherever it goes. Mirrors nf_log_proc_dostring() (net/netfilter/nf_log.c).
 */
export const nfLogProcDostring: ProcHandler = {
  read: procDostring.read,
  write(host, entry, position, data) {
    host.values.set(entry.name, '');
    const answer = procDostring.write(host, entry, position, data);
    const refused = stringOf(host, entry.name) !== NO_LOGGER;
    host.values.set(entry.name, NO_LOGGER);
    return refused ? -ERRNO.ENOENT : answer;
  },
  takes: () => `only ${NO_LOGGER}`,
};

const INT_MAX = 2n ** 31n - 1n;
const POINTER_BYTES = 8n;
/** Buckets in a page. */
const BUCKETS = 4096n / POINTER_BYTES;

/** Buckets of a table that is asked for so many: whole pages. Mirrors nf_ct_alloc_hashtable() (net/netfilter/nf_conntrack_core.c). */
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
