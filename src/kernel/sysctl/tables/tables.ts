// Tables of sysctls, one for each directory of /proc/sys, or for each source file of the kernel if that is long: a row is a file. Small
// tables are files of their own for that reason. The folder imports the handlers of kernel/sysctl and abi. Start with SYSCTLS below, then
// vm.ts.
import type { CtlTable } from '../ctl-table.ts';
import { ABI_SYSCTLS, CRYPTO_SYSCTLS, DEBUG_SYSCTLS, DEV_SYSCTLS } from './dev.ts';
import { FS_SYSCTLS } from './fs.ts';
import { KERNEL_SYSCTLS } from './kernel.ts';
import { NET_SYSCTLS } from './net.ts';
import { USER_SYSCTLS } from './user.ts';
import { VM_SYSCTLS } from './vm.ts';

/** Every file below /proc/sys that a machine has whatever its interfaces and modules are, directory by directory. */
export const SYSCTLS: readonly CtlTable[] = [
  ...ABI_SYSCTLS, ...CRYPTO_SYSCTLS, ...DEBUG_SYSCTLS, ...DEV_SYSCTLS, ...FS_SYSCTLS, ...KERNEL_SYSCTLS, ...NET_SYSCTLS, ...USER_SYSCTLS, ...VM_SYSCTLS,
];

/** Directories in which there are no files. Source: init_fs_stat_sysctls() (fs/file_table.c); binfmt_misc is a filesystem of its own, which nobody mounts. */
export const SYSCTL_DIRECTORIES: readonly string[] = ['fs/binfmt_misc'];
