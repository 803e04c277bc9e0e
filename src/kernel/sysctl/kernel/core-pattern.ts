import { ERRNO } from '../../../abi/errno.ts';
import { LOG_LEVEL } from '../../../abi/log-level.ts';
import { integersOf } from '../after-write.ts';
import type { ProcHandler, SysctlHost } from '../ctl-table.ts';
import { procDointvecMinmax } from '../proc-dointvec.ts';
import { procDostring, stringOf } from '../proc-dostring.ts';

const CORE_PATTERN = 'kernel.core_pattern';
const SUID_DUMPABLE = 'fs.suid_dumpable';
/** Core dumps of set-uid programs, which only root can read. */
const TASK_DUMPABLE_ROOT = 2n;
/** Bytes of a socket's path, its NUL among them. */
const UNIX_PATH_MAX = 108;

/** Logs that core files of set-uid programs would be written to a directory of the program's choice. Mirrors validate_coredump_safety(). */
function validateCoredumpSafety(host: SysctlHost): void {
  if (integersOf(host, SUID_DUMPABLE)[0] !== TASK_DUMPABLE_ROOT || /^[/|@]/.test(stringOf(host, CORE_PATTERN))) return;
  const { pid, comm } = host.caller;
  host.printk(LOG_LEVEL.warn, `coredump: ${pid}(${comm}): Unsafe core_pattern used with ${SUID_DUMPABLE}=2: `
    + `pipe handler or fully qualified core dump path required. Set ${CORE_PATTERN} before ${SUID_DUMPABLE}.`);
}

/** Whether a pattern that names a socket, after `@` or `@@`, gives it an absolute path. Mirrors check_coredump_socket(). */
function checkCoredumpSocket(pattern: string): boolean {
  if (!pattern.startsWith('@')) return true;
  const path = pattern.replace(/^@@?/, '');
  return path.startsWith('/') && path.length < UNIX_PATH_MAX && !path.split('/').includes('..');
}

/** /proc/sys/kernel/core_pattern. Mirrors proc_dostring_coredump() (fs/coredump.c). */
export const procDostringCoredump: ProcHandler = {
  read: procDostring.read,
  write(host, entry, position, data) {
    const old = stringOf(host, entry.name);
    const answer = procDostring.write(host, entry, position, data);
    const pattern = stringOf(host, entry.name);
    if (!checkCoredumpSocket(pattern)) {
      host.values.set(entry.name, old);
      return -ERRNO.EINVAL;
    }
    if (pattern !== old) validateCoredumpSafety(host);
    return answer;
  },
  takes: () => 'a name of at most 127 bytes, |PROGRAM, or @ or @@ and the absolute path of a socket',
};

/** /proc/sys/fs/suid_dumpable. Mirrors proc_dointvec_minmax_coredump() (fs/exec.c). */
export const procDointvecMinmaxCoredump: ProcHandler = {
  ...procDointvecMinmax,
  write(host, entry, position, data) {
    const [old] = integersOf(host, entry.name);
    const answer = procDointvecMinmax.write(host, entry, position, data);
    if (answer >= 0 && integersOf(host, entry.name)[0] !== old) validateCoredumpSafety(host);
    return answer;
  },
};
