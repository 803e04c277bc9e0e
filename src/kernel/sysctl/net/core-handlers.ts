// Handlers and boot values of sysctls below /proc/sys/net, a file for each protocol or subsystem; this one has those of net/core. The
// folder imports kernel/sysctl and abi. Start with the row of a file in tables/net-*.ts.
import { ERRNO } from '../../../abi/errno.ts';
import { LOG_LEVEL } from '../../../abi/log-level.ts';
import { integersOf } from '../after-write.ts';
import type { ProcHandler } from '../ctl-table.ts';
import { qdiscNames } from '../modules/modules.ts';
import { procDochoice } from '../proc-dochoice.ts';
import { procDointvec } from '../proc-dointvec.ts';

/**
 * /proc/sys/net/core/default_qdisc: a queueing discipline the kernel has, built in or by a module. Mirrors set_default_qdisc()
 * (net/core/sysctl_net_core.c) and qdisc_set_default() (net/sched/sch_api.c).
 */
export const setDefaultQdisc = procDochoice({
  names: ({ modules = [] }) => qdiscNames(modules),
  takes: 'the name of a queueing discipline, to which a module may add: fq_codel, pfifo_fast',
});

const MOST_FLOW_ENTRIES = 1n << 29n;
/** sizeof(struct rps_sock_flow_table): an entry of the table. */
const FLOW_ENTRY_BYTES = 4n;

/**
 * /proc/sys/net/core/rps_sock_flow_entries: rounded up to a power of two, if there is memory for the table. Mirrors
 * rps_sock_flow_sysctl() (net/core/sysctl_net_core.c).
 */
export const rpsSockFlowSysctl: ProcHandler = {
  read: procDointvec.read,
  write(host, entry, position, data) {
    const old = integersOf(host, entry.name);
    const answer = procDointvec.write(host, entry, position, data);
    const written = BigInt.asUintN(32, integersOf(host, entry.name)[0] ?? 0n);
    const size = roundUpToPowerOfTwo(written);
    const noRoom = size * FLOW_ENTRY_BYTES > BigInt(host.totalRamKb) * 1024n;
    const refused = written > MOST_FLOW_ENTRIES ? -ERRNO.EINVAL : noRoom ? -ERRNO.ENOMEM : 0;
    host.values.set(entry.name, refused < 0 ? old : [size]);
    return refused < 0 ? refused : answer;
  },
  takes: () => `a whole number from 0 to ${MOST_FLOW_ENTRIES}, as far as there is memory`,
};

function roundUpToPowerOfTwo(size: bigint): bigint {
  let power = size === 0n ? 0n : 1n;
  while (power < size) power <<= 1n;
  return power;
}

/** Whether a number is a power of two. */
function isPowerOfTwo(value: bigint): boolean {
  const size = BigInt.asUintN(32, value);
  return size !== 0n && (size & (size - 1n)) === 0n;
}

/** /proc/sys/net/core/flow_limit_table_len: a power of two. Mirrors flow_limit_table_len_sysctl() (net/core/sysctl_net_core.c). */
export const POWER_OF_TWO = {
  check: { refuses: (value: bigint) => (isPowerOfTwo(value) ? 0 : -ERRNO.EINVAL), takes: 'a power of two up to 1073741824' },
};

/**
 * /proc/sys/net/core/bpf_jit_enable: 2 prints a warning. Mirrors proc_dointvec_minmax_bpf_enable() (net/core/sysctl_net_core.c).
 */
export const BPF_JIT_MESSAGE = {
  messages: [{
    level: LOG_LEVEL.warn, when: 'accepted' as const, value: 2n,
    text: () => 'bpf_jit_enable = 2 was set! NEVER use this in production, only for JIT debugging!',
  }],
};

/** /proc/sys/net/ipv4/route/flush: any write succeeds, whatever its text. Mirrors ipv4_sysctl_rtcache_flush() (net/ipv4/route.c). */
export const ipv4SysctlRtcacheFlush: ProcHandler = {
  read: () => -ERRNO.EINVAL,
  write: (_host, _entry, _position, data) => data.length,
  takes: () => 'anything',
};
