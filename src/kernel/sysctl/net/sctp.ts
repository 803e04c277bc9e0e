import { ERRNO } from '../../../abi/errno.ts';
import { LOG_LEVEL } from '../../../abi/log-level.ts';
import { integersOf } from '../after-write.ts';
import type { ProcHandler, SysctlHost, SysctlMessage, WriteCheck } from '../ctl-table.ts';
import { readString, stringOf, writtenString } from '../proc-dostring.ts';

/** A bound that is a number, or the dotted name of the sysctl that holds it. */
type Bound = bigint | string;

/** Bounds that the handler looks at itself, after the number was read: a write without a number is held to them too. */
export function checked(least: Bound, most: Bound): { readonly check: WriteCheck } {
  const valueOf = (host: SysctlHost, bound: Bound): bigint => (typeof bound === 'bigint' ? bound : integersOf(host, bound)[0] ?? 0n);
  return {
    check: {
      refuses: (value, _old, host) => (value < valueOf(host, least) || value > valueOf(host, most) ? -ERRNO.EINVAL : 0),
      takes: `a whole number from ${least} to ${most}`,
    },
  };
}

/** SCTP_PROBE_TIMER_MIN. */
const PROBE_TIMER_MIN = 5000n;

/** Mirrors proc_sctp_do_probe_interval() (net/sctp/sysctl.c). */
export const PROBE_INTERVAL = {
  check: {
    refuses: (value: bigint) => (value !== 0n && value < PROBE_TIMER_MIN ? -ERRNO.EINVAL : 0),
    takes: `0, or a whole number from ${PROBE_TIMER_MIN}`,
  },
};

/** Of both files one line in all. Mirrors proc_sctp_do_alpha_beta() (net/sctp/sysctl.c). */
export const ALPHA_OR_BETA: { readonly messages: readonly SysctlMessage[] } = {
  messages: [{
    level: LOG_LEVEL.warn, when: 'attempted', once: 'net.sctp.rto_alpha_exp_divisor#warned',
    text: () => 'sctp: Changing rto_alpha or rto_beta may lead to suboptimal rtt/srtt estimations!',
  }],
};

/** The kernel reads the name into a buffer of this size. */
const ALGORITHM = { maxlen: 7 };

/**
 * /proc/sys/net/sctp/cookie_hmac_alg: sha256 or none. A write begins with an empty name, wherever it goes. Mirrors proc_sctp_do_hmac_alg()
 * (net/sctp/sysctl.c).
 */
export const procSctpDoHmacAlg: ProcHandler = {
  read: (host, entry, position, length) => readString(stringOf(host, entry.name), position, length),
  write(host, entry, position, data) {
    const name = writtenString(host, { ...entry, ...ALGORITHM }, '', position, data);
    if (name !== 'sha256' && name !== 'none') return -ERRNO.EINVAL;
    host.values.set(entry.name, name);
    return data.length;
  },
  takes: () => 'sha256 or none',
};

/** Names of kernels before 7.2. What follows the name does not matter. */
const OLDER_NAMES = ['md5', 'sha1', 'none'];

/** The same of kernels before 7.2: md5, sha1 or none. */
export const procSctpDoHmacAlgOlder: ProcHandler = {
  read: procSctpDoHmacAlg.read,
  write(host, entry, position, data) {
    const written = writtenString(host, { ...entry, maxlen: 8 }, '', position, data);
    const name = OLDER_NAMES.find((each) => written.startsWith(each));
    if (name === undefined) return -ERRNO.EINVAL;
    host.values.set(entry.name, name);
    return data.length;
  },
  takes: () => 'md5, sha1 or none',
};
