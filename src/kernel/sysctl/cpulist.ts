import { ERRNO } from '../../abi/errno.ts';
import { CPUS } from '../cpus.ts';
import { latin1Bytes, latin1Text, type ProcHandler } from './ctl-table.ts';
import { stringOf } from './proc-dostring.ts';

/** A part of a list: `all`, a CPU or a range. With `:USED/GROUP` it is only the first CPUs of each group. N is the last CPU. */
const REGION = /^(?:[aA][lL][lL]|(N|\d+)(?:-(N|\d+)|(?=[\s,]|$)))(?::(N|\d+)\/(N|\d+)|(?=[\s,]|$))/;
const UINT_MAX = 2 ** 32 - 1;

/** The CPUs of a list such as `0,2-3`, in order, or a negative errno. Mirrors bitmap_parselist() (lib/bitmap-str.c). */
export function parseCpulist(text: string): readonly number[] | number {
  const [line = ''] = text.split('\n', 1);
  const cpus = new Set<number>();
  for (let rest = line.replace(/^[\s,]+/, ''); rest !== ''; rest = rest.replace(/^[\s,]+/, '')) {
    const match = REGION.exec(rest);
    if (match === null) return -ERRNO.EINVAL;
    const [whole, start, end = start, used, group] = match;
    const number = (word: string | undefined, other: number): number => (word === undefined ? other : word === 'N' ? CPUS - 1 : Number(word));
    const [first, last] = [number(start, 0), number(end, CPUS - 1)];
    const [take, of] = [number(used, last + 1), number(group, last + 1)];
    if ([first, last, take, of].some((each) => each > UINT_MAX)) return -ERRNO.EOVERFLOW;
    if (first > last || of === 0 || take > of) return -ERRNO.EINVAL;
    if (last >= CPUS) return -ERRNO.ERANGE;
    for (let cpu = first; cpu <= last; cpu += 1) if ((cpu - first) % of < take) cpus.add(cpu);
    rest = rest.slice(whole.length);
  }
  return [...cpus].sort((a, b) => a - b);
}

/** CPUs in the form of printk()'s `%*pbl`: 0-1. */
function formatCpulist(cpus: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const cpu of cpus) {
    const last = ranges.at(-1);
    if (last?.[1] === cpu - 1) last[1] = cpu;
    else ranges.push([cpu, cpu]);
  }
  return ranges.map(([first, last]) => (first === last ? String(first) : `${first}-${last}`)).join(',');
}

/** /proc/sys/net/ipv4/vs/est_cpulist: a list of CPUs. Mirrors ipvs_proc_est_cpulist() (net/netfilter/ipvs/ip_vs_ctl.c). */
export const ipvsProcEstCpulist: ProcHandler = {
  read: (host, entry, position, length) => latin1Bytes(position === 0 ? `${stringOf(host, entry.name)}\n`.slice(0, length) : ''),
  write(host, entry, position, data) {
    if (position !== 0 || data.length === 0) return 0;
    const cpus = parseCpulist(latin1Text(data));
    if (typeof cpus === 'number') return cpus;
    host.values.set(entry.name, formatCpulist(cpus));
    return data.length;
  },
  takes: () => `a list of CPUs from 0 to ${CPUS - 1}, such as 0-1`,
};
