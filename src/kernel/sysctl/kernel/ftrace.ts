import { ERRNO } from '../../../abi/errno.ts';
import { LOG_LEVEL } from '../../../abi/log-level.ts';
import { integersOf } from '../after-write.ts';
import type { ProcHandler } from '../ctl-table.ts';
import { procDointvec } from '../proc-dointvec.ts';

/** /proc/sys/kernel/ftrace_enabled: cannot be 0. Mirrors ftrace_enable_sysctl() (kernel/trace/ftrace.c). */
export const ftraceEnableSysctl: ProcHandler = {
  ...procDointvec,
  write(host, entry, position, data) {
    const answer = procDointvec.write(host, entry, position, data);
    if (answer < 0 || integersOf(host, entry.name)[0] !== 0n) return answer;
    host.values.set(entry.name, [1n]);
    const warned = `${entry.name}#warned`;
    if (!host.values.has(warned)) {
      host.values.set(warned, [1n]);
      host.printk(LOG_LEVEL.warn, 'The ftrace_enabled file is deprecated and no longer disables ftrace');
    }
    return -ERRNO.EOPNOTSUPP;
  },
  takes: () => 'a whole number from -2147483648 to 2147483647, but 0',
};
