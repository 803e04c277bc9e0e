import { ERRNO } from '../../../abi/errno.ts';
import type { ProcHandler } from '../ctl-table.ts';
import { procDostring, writtenString } from '../proc-dostring.ts';

/** The actions of a filter, in the order of the kernel's list. Mirrors seccomp_log_names[]. */
const LOGGED = ['kill_process', 'kill_thread', 'trap', 'errno', 'user_notif', 'trace', 'log'] as const;
export const ACTIONS_LOGGED = LOGGED.join(' ');
export const ACTIONS_AVAILABLE = `${ACTIONS_LOGGED} allow`;
export const ACTIONS_MAXLEN = ACTIONS_AVAILABLE.length + 1;

/**
 * /proc/sys/kernel/seccomp/actions_logged: names up to the first empty one. A write replaces all, also at a position; `allow` cannot be
 * logged. Mirrors seccomp_actions_logged_handler() (kernel/seccomp.c).
 */
export const seccompActionsLoggedHandler: ProcHandler = {
  read: procDostring.read,
  write(host, entry, position, data) {
    const words = writtenString(host, entry, '', position, data).split(' ');
    const end = words.indexOf('');
    const named = end < 0 ? words : words.slice(0, end);
    if (!named.every((word) => LOGGED.some((name) => name === word))) return -ERRNO.EINVAL;
    host.values.set(entry.name, LOGGED.filter((name) => named.includes(name)).join(' '));
    return data.length;
  },
  takes: () => `names with spaces between, of ${LOGGED.join(', ')}`,
};
