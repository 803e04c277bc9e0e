import { LOG_LEVEL } from '../../../abi/log-level.ts';
import { integersOf } from '../after-write.ts';
import { type CtlTable, dottedName, type ProcHandler, type SysctlHost } from '../ctl-table.ts';
import { procDointvec, procDointvecMinmax, scaledHandler } from '../proc-dointvec.ts';
import { type Scale, scaled } from '../scales.ts';
import { keepsItsOwn, setsItsOwn } from '../boot-values.ts';

const INT_MAX = 2n ** 31n - 1n;
/** SKB_TRUESIZE(ETH_FRAME_LEN): the bytes of a packet in unres_qlen_bytes. */
const PACKET_BYTES = 2090n;

/** Packets; kept in bytes. Mirrors proc_unres_qlen() (net/core/neighbour.c). */
export const PACKETS: Scale = {
  toKernel: (packets) => packets * PACKET_BYTES, toUser: (bytes) => bytes / PACKET_BYTES, most: INT_MAX / PACKET_BYTES,
};

/** Bytes, as the twin of PACKETS shows them. */
export const BYTES: Scale = { toKernel: (bytes) => bytes, toUser: (bytes) => bytes, most: INT_MAX };

/** Two files of one setting share the note that it was written, under the first of their names. */
function noteOf({ name, twin }: Pick<CtlTable, 'name' | 'twin'>): string {
  return twin !== undefined && twin < name ? twin : name;
}

/** The path of the same file for another device, from a path such as net/ipv4/neigh/default/gc_stale_time. */
function elsewhere(name: string, device: string): string {
  const parts = dottedName(name).split('/');
  parts[3] = device;
  return dottedName(parts.join('/'));
}

function deviceOf({ path }: CtlTable): string {
  return path.split('/')[3] ?? '';
}

/**
 * A file of a neighbour table, over the handler of its numbers. A value of `default` is copied to the interfaces whose own was never
 * written. A refused write counts as a write too. Mirrors neigh_proc_update() and neigh_copy_dflt_parms() (net/core/neighbour.c).
 */
export function neighProc(numbers: ProcHandler): ProcHandler {
  return {
    read: (host, entry, position, length) => numbers.read(host, entry, position, length),
    write(host, entry, position, data) {
      const answer = numbers.write(host, entry, position, data);
      if (deviceOf(entry) === 'default') handOn(host, entry);
      else setsItsOwn(host, noteOf(entry));
      return answer;
    },
    takes: (entry) => numbers.takes(entry),
  };
}

function handOn(host: SysctlHost, entry: CtlTable): void {
  for (const { name } of host.interfaces ?? []) {
    if (keepsItsOwn(host, elsewhere(noteOf(entry), name))) continue;
    for (const each of entry.twin === undefined ? [entry.name] : [entry.name, entry.twin]) {
      host.values.set(elsewhere(each, name), host.values.get(each) ?? []);
    }
  }
}

const PACKET_NUMBERS = scaledHandler(PACKETS);

/**
 * unres_qlen: after every accepted write, even an empty one, the stored value is a multiple of a packet's bytes. Mirrors proc_unres_qlen()
 * and neigh_proc_dointvec_unres_qlen() (net/core/neighbour.c).
 */
export const neighProcDointvecUnresQlen: ProcHandler = neighProc({
  read: procDointvecMinmax.read,
  write(host, entry, position, data) {
    const answer = PACKET_NUMBERS.write(host, entry, position, data);
    if (answer >= 0 && entry.twin !== undefined) {
      host.values.set(entry.twin, integersOf(host, entry.name).map((packets) => scaled(packets, PACKETS.toKernel)));
    }
    return answer;
  },
  takes: (entry) => PACKET_NUMBERS.takes(entry),
});

/** How many processes were warned about, and the last of them: static variables of the kernel. */
const WARNED = 'net.ipv6.neigh#warned';
const WARNED_PROCESS = 'net.ipv6.neigh#warncomm';
const MOST_WARNINGS = 5n;

/** Mirrors ndisc_warn_deprecated_sysctl() (net/ipv6/ndisc.c): five lines in all, none twice in a row for processes of one name. */
function warnDeprecated(host: SysctlHost, entry: CtlTable): void {
  const [count = 0n] = integersOf(host, WARNED);
  const { comm } = host.caller;
  if (comm === host.values.get(WARNED_PROCESS) || count >= MOST_WARNINGS) return;
  host.values.set(WARNED, [count + 1n]);
  host.values.set(WARNED_PROCESS, comm);
  const name = `net.ipv6.neigh.${deviceOf(entry)}.${entry.procname}`;
  host.printk(LOG_LEVEL.warn, `ICMPv6: process \`${comm}' is using deprecated sysctl (syscall) ${name} - use ${name}_ms instead`);
}

/**
 * retrans_time and base_reachable_time of IPv6. Reading them prints a warning too. Mirrors ndisc_ifinfo_sysctl_change()
 * (net/ipv6/ndisc.c).
 */
export function ndiscDeprecated(numbers: ProcHandler): ProcHandler {
  return {
    read(host, entry, position, length) {
      warnDeprecated(host, entry);
      return numbers.read(host, entry, position, length);
    },
    write(host, entry, position, data) {
      warnDeprecated(host, entry);
      return numbers.write(host, entry, position, data);
    },
    takes: (entry) => numbers.takes(entry),
  };
}

export const neighProcDointvecZeroIntmax = neighProc(procDointvecMinmax);
export const neighProcDointvec = neighProc(procDointvec);
