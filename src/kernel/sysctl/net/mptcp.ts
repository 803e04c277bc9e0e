import { integersOf } from '../after-write.ts';
import type { ProcHandler, SysctlHost } from '../ctl-table.ts';
import { procDochoice } from '../proc-dochoice.ts';
import { procDou8vecMinmax } from '../proc-dointvec.ts';

const PM_TYPE = 'net.mptcp.pm_type';
const PATH_MANAGER = 'net.mptcp.path_manager';

/** The path managers, each at the number that pm_type has for it (MPTCP_PM_TYPE_*). */
const PATH_MANAGERS = ['kernel', 'userspace'];

/** /proc/sys/net/mptcp/scheduler. Mirrors proc_scheduler() (net/mptcp/ctrl.c). */
export const procScheduler = procDochoice({ names: () => ['default'], takes: 'only default' });

/** /proc/sys/net/mptcp/path_manager, which sets pm_type too. Mirrors proc_path_manager() (net/mptcp/ctrl.c). */
export const procPathManager = procDochoice({
  names: () => PATH_MANAGERS,
  accepted: (host, name) => { host.values.set(PM_TYPE, [BigInt(PATH_MANAGERS.indexOf(name))]); },
  takes: PATH_MANAGERS.join(' or '),
});

/** /proc/sys/net/mptcp/pm_type, which sets path_manager too. Mirrors proc_pm_type() (net/mptcp/ctrl.c). */
export const procPmType: ProcHandler = {
  read: procDou8vecMinmax.read,
  write(host, entry, position, data) {
    const answer = procDou8vecMinmax.write(host, entry, position, data);
    if (answer >= 0) setPathManager(host, Number(integersOf(host, entry.name)[0] ?? 0n));
    return answer;
  },
  takes: procDou8vecMinmax.takes,
};

function setPathManager(host: SysctlHost, type: number): void {
  const name = PATH_MANAGERS[type];
  if (name !== undefined) host.values.set(PATH_MANAGER, name);
}
