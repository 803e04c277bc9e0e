import { ERRNO } from '../../../abi/errno.ts';
import { integersOf } from '../after-write.ts';
import type { ProcHandler, SysctlHost, WriteCheck } from '../ctl-table.ts';
import { procDointvec } from '../proc-dointvec.ts';

/** An int with bounds that the handler itself checks. */
function within(least: bigint, most: bigint): { readonly check: WriteCheck } {
  return { check: { refuses: (value) => (value < least || value > most ? -ERRNO.EINVAL : 0), takes: `a whole number from ${least} to ${most}` } };
}

/** 2 reads as 1 while there is memory. Mirrors proc_do_defense_mode() and update_defense_level() (net/netfilter/ipvs/ip_vs_ctl.c). */
export const DEFENSE_MODE = { ...within(0n, 3n), settle: (_host: SysctlHost, written: bigint): bigint => (written === 2n ? 1n : written) };

const INT_MIN = -(2n ** 31n);
const IP_VS_CONN_MAX = 1n << 30n;

/** The least int stands for no number: a write of it succeeds and changes nothing. Mirrors proc_do_conn_max(). */
export const CONN_MAX = {
  check: {
    refuses: (value: bigint) => (value !== INT_MIN && (value < 0n || value > IP_VS_CONN_MAX) ? -ERRNO.EINVAL : 0),
    takes: `a whole number from 0 to ${IP_VS_CONN_MAX}`,
  },
  settle: (_host: SysctlHost, written: bigint, old: bigint): bigint => (written === INT_MIN ? old : written),
};
/** MIN_NICE to MAX_NICE. Mirrors ipvs_proc_est_nice(). */
export const EST_NICE = within(-20n, 19n);
/** Mirrors ipvs_proc_conn_lfactor() and ipvs_proc_svc_lfactor(). */
export const LOAD_FACTOR = within(-8n, 8n);

/** Mirrors proc_do_sync_ports(). */
export const SYNC_PORTS = {
  check: {
    refuses: (value: bigint) => (value < 1n || (value & (value - 1n)) !== 0n ? -ERRNO.EINVAL : 0), takes: 'a power of two up to 1073741824',
  },
};

/**
 * /proc/sys/net/ipv4/vs/sync_threshold: packets until a connection is reported, and after how many it is reported again, which is more, or
 * 0 for never again. Mirrors proc_do_sync_threshold() (net/netfilter/ipvs/ip_vs_ctl.c).
 */
export const procDoSyncThreshold: ProcHandler = {
  read: procDointvec.read,
  write(host, entry, position, data) {
    const old = integersOf(host, entry.name);
    const answer = procDointvec.write(host, entry, position, data);
    const [threshold = 0n, period = 0n] = integersOf(host, entry.name);
    if (threshold >= 0n && period >= 0n && (threshold < period || period === 0n)) return answer;
    host.values.set(entry.name, old);
    return -ERRNO.EINVAL;
  },
  takes: () => 'two whole numbers, the second greater than the first, or 0',
};
