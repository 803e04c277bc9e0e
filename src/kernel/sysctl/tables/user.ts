// A table of its own: one directory of /proc/sys.
import { type CtlTable, sysctl } from '../ctl-table.ts';
import { fanotifyMarks, inotifyWatches, maxNamespaces } from '../fs/sizes.ts';
import { procDoulongvecMinmax } from '../proc-dointvec.ts';

const BOUNDS = { extra1: 0n, extra2: 2n ** 31n - 1n } as const;
const NAMESPACES = [
  'max_cgroup_namespaces', 'max_ipc_namespaces', 'max_mnt_namespaces', 'max_net_namespaces',
  'max_pid_namespaces', 'max_time_namespaces', 'max_user_namespaces', 'max_uts_namespaces',
];

/** The files of /proc/sys/user of Linux 7.3: what the users of the first user namespace may have. Source: user_table[] of kernel/ucount.c. */
export const USER_SYSCTLS: readonly CtlTable[] = [
  sysctl('user/max_binfmt_misc_interpreters', procDoulongvecMinmax, { since: '7.3', boot: maxNamespaces, ...BOUNDS }),
  ...NAMESPACES.map((limit) => sysctl(`user/${limit}`, procDoulongvecMinmax, { boot: maxNamespaces, ...BOUNDS })),
  sysctl('user/max_fanotify_groups', procDoulongvecMinmax, { boot: [128n], ...BOUNDS, twin: 'fs.fanotify.max_user_groups' }),
  sysctl('user/max_fanotify_marks', procDoulongvecMinmax, { boot: fanotifyMarks, ...BOUNDS, twin: 'fs.fanotify.max_user_marks' }),
  sysctl('user/max_inotify_instances', procDoulongvecMinmax, { boot: [128n], ...BOUNDS, twin: 'fs.inotify.max_user_instances' }),
  sysctl('user/max_inotify_watches', procDoulongvecMinmax, { boot: inotifyWatches, ...BOUNDS, twin: 'fs.inotify.max_user_watches' }),
];
