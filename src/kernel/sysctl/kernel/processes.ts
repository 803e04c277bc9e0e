import { ERRNO } from '../../../abi/errno.ts';
import type { ProcHandler, WriteCheck } from '../ctl-table.ts';
import { latin1Bytes } from '../latin1.ts';
import { procDointvecMinmax } from '../proc-dointvec.ts';

/**
 * kernel.cad_pid: a process that there is. The machine runs no programs: it has the tasks of the recorded one that has just booted, init and the
 * kernel's own, and its caller. `last` is the last of them, `gone` those that ended before it. Mirrors proc_do_cad_pid() (kernel/reboot.c).
 */
export function cadPidCheck(last: bigint, gone: readonly bigint[] = []): WriteCheck {
  return {
    refuses: (pid, _old, { caller }) => ((pid >= 1n && pid <= last && !gone.includes(pid)) || pid === BigInt(caller.pid) ? 0 : -ERRNO.ESRCH),
    takes: `the id of a process: 1 to ${last}`,
  };
}

/**
 * /proc/sys/kernel/ns_last_pid: what was written, or, as of a machine that starts no programs, the caller: the process that reads this file
 * is mostly the one that was started last. Mirrors pid_ns_ctl_handler() (kernel/pid_namespace.c).
 */
export const pidNsCtlHandler: ProcHandler = {
  ...procDointvecMinmax,
  read(host, entry, position, length) {
    if (host.values.has(entry.name)) return procDointvecMinmax.read(host, entry, position, length);
    return latin1Bytes(position === 0 ? `${host.caller.pid}\n`.slice(0, length) : '');
  },
};
