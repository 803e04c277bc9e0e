import { ERRNO } from '../../../abi/errno.ts';
import { integersOf } from '../after-write.ts';
import { latin1Bytes, latin1Text, type ProcHandler } from '../ctl-table.ts';
import { procSkipSpaces } from '../proc-get-long.ts';

/** Bytes that a number is read from, less the NUL; with what follows it. */
const LONGEST = 19;
const UINT_BITS = 32;
/** simple_strtoul() in base 0: `0x` counts as a prefix only before a hexadecimal digit. */
const NUMBER = /^(-?)(?:0[xX]([0-9a-fA-F]+)|(0[0-7]*)|(\d*))/;

/**
 * A set of debugging flags of SunRPC: 0x7fff. A write at any position counts, and one without a number changes nothing. Mirrors proc_dodebug()
 * (net/sunrpc/sysctl.c).
 */
export const procDodebug: ProcHandler = {
  read(host, entry, position, length) {
    const [flags = 0n] = integersOf(host, entry.name);
    return latin1Bytes(position === 0 ? `0x${flags.toString(16).padStart(4, '0')}\n`.slice(0, length) : '');
  },
  write(host, entry, _position, data) {
    const begin = procSkipSpaces(data, 0, data.length);
    if (begin === data.length) return data.length;
    if (data.length - begin > LONGEST) return -ERRNO.EINVAL;
    const text = latin1Text(data.subarray(begin));
    const [whole = '', minus, hexadecimal, octal, decimal] = NUMBER.exec(text) ?? [];
    const end = begin + whole.length;
    const rest = procSkipSpaces(data, end, data.length);
    if (end < data.length && rest === end) return -ERRNO.EINVAL;
    const magnitude = BigInt(hexadecimal !== undefined ? `0x${hexadecimal}` : octal !== undefined ? `0o${octal}` : decimal ?? 0);
    host.values.set(entry.name, [BigInt.asUintN(UINT_BITS, minus === '-' ? -magnitude : magnitude)]);
    return rest;
  },
  takes: () => 'a whole number, such as 0x7fff',
};
