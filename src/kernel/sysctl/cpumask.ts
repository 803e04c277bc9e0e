import { ERRNO } from '../../abi/errno.ts';
import type { ProcHandler } from './ctl-table.ts';
import { latin1Bytes, latin1Text } from './latin1.ts';
import { integersOf } from './after-write.ts';

/** CPUs of the machine, as many as the recorded one had: bits of a mask. */
const CPUS = 2;
/** Bits and hexadecimal digits of one group of a mask's text. */
const GROUP_BITS = 32;
const GROUP_DIGITS = 8;

/**
 * The mask that a text stands for: hexadecimal, in groups of 32 bits with commas or spaces between; or a negative errno. It is read from the
 * end of the first line, and a group has at most eight digits. Mirrors bitmap_parse() and bitmap_get_x32_reverse() (lib/bitmap-str.c) for as
 * many bits as there are CPUs.
 */
export function parseCpumask(text: string): bigint | number {
  const [line = ''] = text.split('\n', 1);
  let mask = 0n;
  let groups = 0;
  for (let rest = withoutSeparators(line); rest !== ''; rest = withoutSeparators(rest)) {
    if (groups >= Math.ceil(CPUS / GROUP_BITS)) return -ERRNO.EOVERFLOW;
    const digits = /[^\s,]{1,8}$/.exec(rest)?.[0] ?? '';
    if (!/^[0-9a-fA-F]+$/.test(digits)) return -ERRNO.EINVAL;
    rest = rest.slice(0, -digits.length);
    if (digits.length === GROUP_DIGITS && /[0-9a-fA-F]$/.test(rest)) return -ERRNO.EOVERFLOW;
    // The character before a full group is passed over, whatever it is.
    if (digits.length === GROUP_DIGITS) rest = rest.slice(0, -1);
    mask |= BigInt(`0x${digits}`) << BigInt(groups * GROUP_BITS);
    groups += 1;
  }
  return mask >= 1n << BigInt(CPUS) ? -ERRNO.EOVERFLOW : mask;
}

function withoutSeparators(text: string): string {
  return text.replace(/[\s,]+$/, '');
}

/**
 * A mask of CPUs. The position of a write does not matter. Mirrors rps_default_mask_sysctl() and flow_limit_cpu_sysctl()
 * (net/core/sysctl_net_core.c).
 */
export const cpumaskSysctl: ProcHandler = {
  read(host, entry, position, length) {
    const [mask = 0n] = integersOf(host, entry.name);
    return latin1Bytes(position === 0 ? `${mask.toString(16)}\n`.slice(0, length) : '');
  },
  write(host, entry, _position, data) {
    const mask = parseCpumask(latin1Text(data));
    if (typeof mask === 'number') return mask;
    host.values.set(entry.name, [mask]);
    return data.length;
  },
  takes: () => `a mask of CPUs in hexadecimal, from 0 to ${((1n << BigInt(CPUS)) - 1n).toString(16)}`,
};
