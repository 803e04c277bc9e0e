import { ERRNO } from '../../abi/errno.ts';
import { CPUS } from '../cpus.ts';
import { latin1Bytes, latin1Text, type ProcHandler } from './ctl-table.ts';
import { integersOf } from './after-write.ts';

const ALL_CPUS = (1n << BigInt(CPUS)) - 1n;
/** Bits and hexadecimal digits of one group of a mask's text. */
const GROUP_BITS = 32;
const GROUP_DIGITS = 8;

/** Bytes of the buffer for the text of a mask: the digits of each group, and a comma or the newline. */
const BUFFER = Math.ceil(CPUS / GROUP_BITS) * (GROUP_DIGITS + 1);

/** A mask that was read, and 0 or the negative errno for a wrong text. The mask has the bits that were read before the error. */
interface ParsedMask {
  readonly mask: bigint | undefined;
  readonly errno: number;
}

/**
 * The mask of a text: hexadecimal, in groups of 32 bits with commas or spaces between. It is read from the end of the first line, and a
 * group has at most eight digits. Mirrors bitmap_parse() and bitmap_get_x32_reverse() (lib/bitmap-str.c) for as many bits as there are
 * CPUs.
 */
function parseCpumask(text: string): ParsedMask {
  const [line = ''] = text.split('\n', 1);
  let mask: bigint | undefined;
  let groups = 0;
  for (let rest = withoutSeparators(line); rest !== ''; rest = withoutSeparators(rest)) {
    if (groups >= Math.ceil(CPUS / GROUP_BITS)) return { mask, errno: -ERRNO.EOVERFLOW };
    const digits = /[^\s,]{1,8}$/.exec(rest)?.[0] ?? '';
    if (!/^[0-9a-fA-F]+$/.test(digits)) return { mask, errno: -ERRNO.EINVAL };
    rest = rest.slice(0, -digits.length);
    if (digits.length === GROUP_DIGITS && /[0-9a-fA-F]$/.test(rest)) return { mask, errno: -ERRNO.EOVERFLOW };
    // The character before a full group is skipped, whatever it is.
    if (digits.length === GROUP_DIGITS) rest = rest.slice(0, -1);
    mask = (mask ?? 0n) | (BigInt(`0x${digits}`) << BigInt(groups * GROUP_BITS));
    groups += 1;
  }
  return { mask: mask ?? 0n, errno: (mask ?? 0n) >= 1n << BigInt(CPUS) ? -ERRNO.EOVERFLOW : 0 };
}

function withoutSeparators(text: string): string {
  return text.replace(/[\s,]+$/, '');
}

/** A handler of a mask. `keeps`: the bits of a refused text stay, because the kernel reads into the mask itself. */
function cpumaskHandler(keeps: boolean): ProcHandler {
  return {
    read(host, entry, position, length) {
      const [mask = 0n] = integersOf(host, entry.name);
      // It is printed as a string with its NUL, in whose place the newline comes.
      const digits = mask.toString(16).slice(0, Math.max(0, Math.min(length, BUFFER) - 1));
      return latin1Bytes(position === 0 && digits !== '' ? `${digits}\n` : '');
    },
    write(host, entry, _position, data) {
      const { mask, errno } = parseCpumask(latin1Text(data));
      if (mask !== undefined && (errno === 0 || keeps)) host.values.set(entry.name, [mask & ALL_CPUS]);
      return errno < 0 ? errno : data.length;
    },
    keepsPosition: () => true,
    takes: () => `a mask of CPUs in hexadecimal, from 0 to ${ALL_CPUS.toString(16)}`,
  };
}

/** A mask of CPUs; the position of a write does not matter. Mirrors flow_limit_cpu_sysctl() (net/core/sysctl_net_core.c). */
export const flowLimitCpuSysctl = cpumaskHandler(false);
/** The same; mirrors rps_default_mask_sysctl(). */
export const rpsDefaultMaskSysctl = cpumaskHandler(true);
