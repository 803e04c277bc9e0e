import { ERRNO } from '../../../abi/errno.ts';
import { integersOf } from '../after-write.ts';
import type { ProcHandler } from '../ctl-table.ts';
import { procDointvec } from '../proc-dointvec.ts';

/** IPCMNI: the most sets of semaphores, queues or segments. */
export const IPC_MNI = 32768n;

/**
 * /proc/sys/kernel/sem: four limits. After an error the last one, of sets, is restored, and the others stay. Mirrors
 * proc_ipc_sem_dointvec() (ipc/ipc_sysctl.c) and sem_check_semmni() (ipc/sem.c).
 */
export const procIpcSemDointvec: ProcHandler = {
  read: procDointvec.read,
  write(host, entry, position, data) {
    const old = integersOf(host, entry.name)[3] ?? 0n;
    const answer = procDointvec.write(host, entry, position, data);
    const [msl = 0n, mns = 0n, opm = 0n, mni = 0n] = integersOf(host, entry.name);
    const refused = answer < 0 ? answer : mni < 0n || mni > IPC_MNI ? -ERRNO.ERANGE : 0;
    if (refused < 0) host.values.set(entry.name, [msl, mns, opm, old]);
    return refused < 0 ? refused : answer;
  },
  takes: () => `up to 4 whole numbers from -2147483648 to 2147483647, the last from 0 to ${IPC_MNI}`,
};
