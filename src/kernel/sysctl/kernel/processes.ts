// Handlers of sysctls below /proc/sys/kernel, a file for each source file of the kernel. The folder imports cpus.ts, kernel/sysctl and
// abi. Start with the row of a file in tables/kernel*.ts.
import { ERRNO } from '../../../abi/errno.ts';
import { integersOf } from '../after-write.ts';
import { latin1Bytes, type ProcHandler, type WriteCheck } from '../ctl-table.ts';
import { procDointvecMinmax } from '../proc-dointvec.ts';

/**
 * kernel.cad_pid: a process that exists. The machine runs no programs. It has the tasks of the recorded machine after a boot, which are init and
 * those of the kernel, and its caller. `last` is the last of them, `gone` those that ended before it. Mirrors proc_do_cad_pid() (kernel/reboot.c).
 */
export function cadPidCheck(last: bigint, gone: readonly bigint[] = []): WriteCheck {
  return {
    refuses: (pid, _old, { caller }) => ((pid >= 1n && pid <= last && !gone.includes(pid)) || pid === BigInt(caller.pid) ? 0 : -ERRNO.ESRCH),
    takes: `the id of a process: 1 to ${last}`,
  };
}

/**
 * /proc/sys/kernel/ns_last_pid: the written value, or else the caller, because the machine starts no programs: the process that reads this
 * file is usually the one that was started last. A pid of the host above kernel.pid_max starts again from 0, as pids do. Mirrors
 * pid_ns_ctl_handler() (kernel/pid_namespace.c).
 */
export const pidNsCtlHandler: ProcHandler = {
  ...procDointvecMinmax,
  read(host, entry, position, length) {
    if (host.values.has(entry.name)) return procDointvecMinmax.read(host, entry, position, length);
    const { pid } = host.caller;
    const most = Number(integersOf(host, 'kernel.pid_max')[0] ?? 0n);
    return latin1Bytes(position === 0 ? `${pid <= most ? pid : pid % most}\n`.slice(0, length) : '');
  },
};
