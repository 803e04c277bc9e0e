import { ERRNO } from '../../../abi/errno.ts';
import type { ProcHandler } from '../ctl-table.ts';
import { procDostring, stringOf } from '../proc-dostring.ts';

const WORDS = 4;
/** A hexadecimal number as sscanf()'s `%x` reads it. Of a longer one the last eight digits count. */
const WORD = String.raw`[\t-\r \xa0]*(?:0[xX])?([0-9a-fA-F]+)`;
const KEY = new RegExp(`^${Array<string>(WORDS).fill(WORD).join('-')}`);

/** A key as it reads back, or undefined. Mirrors sscanf_key(), which ignores the text after the key. */
function formatKey(text: string): string | undefined {
  return KEY.exec(text)?.slice(1).map((word) => word.slice(-8).padStart(8, '0').toLowerCase()).join('-');
}

/**
 * /proc/sys/net/ipv4/tcp_fastopen_key: one key, or two with a comma between. Mirrors proc_tcp_fastopen_key() (net/ipv4/sysctl_net_ipv4.c).
 */
export const procTcpFastopenKey: ProcHandler = {
  read: procDostring.read,
  write(host, entry, position, data) {
    const old = stringOf(host, entry.name);
    const answer = procDostring.write(host, entry, position, data);
    const written = stringOf(host, entry.name);
    const comma = written.indexOf(',');
    const parts = comma < 0 ? [written] : [written.slice(0, comma), written.slice(comma + 1)];
    const keys = parts.map(formatKey);
    const refused = keys.includes(undefined);
    host.values.set(entry.name, refused ? old : keys.join(','));
    return refused ? -ERRNO.EINVAL : answer;
  },
  takes: () => 'a key such as 00112233-44556677-8899aabb-ccddeeff, or two with a comma between',
};
