import { ERRNO } from '../../../abi/errno.ts';
import type { ProcHandler } from '../ctl-table.ts';
import { readString, stringOf, writtenString } from '../proc-dostring.ts';

/** VSOCK_NET_MODE_STR_MAX: a write of this many bytes is too long, whatever its text. */
const MODE_MAX = 8;
const MODES = ['global', 'local'];

/**
 * /proc/sys/net/vsock/child_ns_mode: what the first write sets stays. A write begins with an empty name, wherever it goes. Mirrors
 * vsock_net_child_mode_string() (net/vmw_vsock/af_vsock.c).
 */
export const vsockNetChildModeString: ProcHandler = {
  read: (host, entry, position, length) => readString(stringOf(host, entry.name), position, length),
  write(host, entry, position, data) {
    if (data.length === 0) return 0;
    const mode = writtenString(host, { ...entry, maxlen: MODE_MAX }, '', position, data);
    if (data.length >= MODE_MAX || !MODES.includes(mode)) return -ERRNO.EINVAL;
    const locked = `${entry.name}#locked`;
    const settled = host.values.get(locked);
    if (settled !== undefined && settled !== mode) return -ERRNO.EBUSY;
    host.values.set(locked, mode);
    host.values.set(entry.name, mode);
    return data.length;
  },
  takes: () => `${MODES.join(' or ')}, and then the same again`,
};
