import { ERRNO } from '../../../abi/errno.ts';
import { LOG_LEVEL } from '../../../abi/log-level.ts';
import type { Caller } from '../../../abi/caller.ts';
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

/** What is logged when core files of set-uid programs would be written to a directory of the program's choice. */
type Warning = (caller: Caller) => string;

const WARNING: Warning = ({ pid, comm }) => `coredump: ${pid}(${comm}): Unsafe core_pattern used with ${SUID_DUMPABLE}=2: `
  + `pipe handler or fully qualified core dump path required. Set ${CORE_PATTERN} before ${SUID_DUMPABLE}.`;
/** The same in kernels until 6.11. */
const OLDER_WARNING: Warning = () => [
  `Unsafe core_pattern used with ${SUID_DUMPABLE}=2.`, 'Pipe handler or fully qualified core dump path required.', `Set ${CORE_PATTERN} before ${SUID_DUMPABLE}.`,
].join('\n');

/** Mirrors validate_coredump_safety(). */
function validateCoredumpSafety(host: SysctlHost, warning: Warning): void {
  if (integersOf(host, SUID_DUMPABLE)[0] !== TASK_DUMPABLE_ROOT || /^[/|@]/.test(stringOf(host, CORE_PATTERN))) return;
  host.printk(LOG_LEVEL.warn, warning(host.caller));
}

/** Whether a pattern that names a socket, after `@` or `@@`, gives it an absolute path. Mirrors check_coredump_socket(). */
function checkCoredumpSocket(pattern: string): boolean {
  if (!pattern.startsWith('@')) return true;
  const path = pattern.replace(/^@@?/, '');
  return path.startsWith('/') && path.length < UNIX_PATH_MAX && !path.split('/').includes('..');
}

function corePattern(sockets: boolean, warning: Warning): ProcHandler {
  return {
    read: procDostring.read,
    write(host, entry, position, data) {
      const old = stringOf(host, entry.name);
      const answer = procDostring.write(host, entry, position, data);
      const pattern = stringOf(host, entry.name);
      if (sockets && !checkCoredumpSocket(pattern)) {
        host.values.set(entry.name, old);
        return -ERRNO.EINVAL;
      }
      if (pattern !== old) validateCoredumpSafety(host, warning);
      return answer;
    },
    takes: () => `a name of at most 127 bytes, ${sockets ? '|PROGRAM, or @ or @@ and the absolute path of a socket' : 'or |PROGRAM'}`,
  };
}

/** /proc/sys/kernel/core_pattern. Mirrors proc_dostring_coredump() (fs/coredump.c); older kernels know of no sockets, and warn in other words. */
export const procDostringCoredump = corePattern(true, WARNING);
export const procDostringCoredumpWithoutSockets = corePattern(false, WARNING);
export const procDostringCoredumpOlder = corePattern(false, OLDER_WARNING);

function suidDumpable(warning: Warning): ProcHandler {
  return {
    ...procDointvecMinmax,
    write(host, entry, position, data) {
      const [old] = integersOf(host, entry.name);
      const answer = procDointvecMinmax.write(host, entry, position, data);
      if (answer >= 0 && integersOf(host, entry.name)[0] !== old) validateCoredumpSafety(host, warning);
      return answer;
    },
  };
}

/** /proc/sys/fs/suid_dumpable. Mirrors proc_dointvec_minmax_coredump() (fs/exec.c). */
export const procDointvecMinmaxCoredump = suidDumpable(WARNING);
export const procDointvecMinmaxCoredumpOlder = suidDumpable(OLDER_WARNING);
