import { ZERO_OR_ONE } from '../bounds.ts';
import { type CtlTable, sysctl } from '../ctl-table.ts';
import { procDopipeMaxSize, procDopipeMaxSizeOfLong, procNrFiles } from '../fs/handlers.ts';
import { epollWatches, fanotifyMarks, fileMax, inotifyWatches } from '../fs/sizes.ts';
import { procDointvecMinmaxCoredump, procDointvecMinmaxCoredumpOlder } from '../kernel/core-pattern.ts';
import { procDointvec, procDointvecMinmax, procDouintvecMinmax, procDoulongvecMinmax } from '../proc-dointvec.ts';

const INT_MAX = 2n ** 31n - 1n;
const LONG_MAX = 2n ** 63n - 1n;
const OLD_UID_MAX = 65_535n;
/** BITS_PER_LONG, and the greatest multiple of it in an int. */
const LEAST_NR_OPEN = 64n;
const MOST_NR_OPEN = 0x7fff_ffc0n;
const OF_USER = { extra1: 0n, extra2: INT_MAX } as const;
const NOT_NEGATIVE = { extra1: 0n } as const;

/** fs/aio.c, fs/dcache.c, fs/eventpoll.c, fs/exec.c, fs/inode.c, fs/locks.c, fs/namespace.c, fs/sysctls.c. */
const SINGLE: readonly CtlTable[] = [
  sysctl('fs/aio-nr', procDoulongvecMinmax, { mode: 0o444, boot: [0n] }),
  sysctl('fs/aio-max-nr', procDoulongvecMinmax, { boot: [65_536n] }),
  // Names, unused ones, seconds until they may go, two that are not used, and names of no file: as of the recorded machine.
  sysctl('fs/dentry-state', procDoulongvecMinmax, {
    mode: 0o444, boot: [1887n, 976n, 45n, 0n, 0n, 0n],
    before: {
      '7.3': { boot: [1878n, 973n, 45n, 0n, 0n, 0n] }, '7.2': { boot: [1809n, 940n, 45n, 0n, 0n, 0n] },
      '6.12': { boot: [12_176n, 904n, 45n, 0n, 0n, 0n] },
    },
  }),
  sysctl('fs/dentry-negative', procDointvecMinmax, { since: '7.2', boot: [0n], ...ZERO_OR_ONE }),
  sysctl('fs/epoll/max_user_watches', procDoulongvecMinmax, { boot: epollWatches, extra1: 0n, extra2: LONG_MAX }),
  sysctl('fs/suid_dumpable', procDointvecMinmaxCoredump, {
    boot: [0n], extra1: 0n, extra2: 2n, before: { '6.12': { handler: procDointvecMinmaxCoredumpOlder } },
  }),
  // Inodes and free ones, as of the recorded machine, and five numbers that are not used.
  sysctl('fs/inode-nr', procDoulongvecMinmax, {
    mode: 0o444, boot: [1914n, 0n], before: { '7.3': { boot: [1905n, 0n] }, '7.2': { boot: [1836n, 0n] }, '6.12': { boot: [12_197n, 0n] } },
  }),
  sysctl('fs/inode-state', procDoulongvecMinmax, {
    mode: 0o444, boot: [1914n, 0n, 0n, 0n, 0n, 0n, 0n],
    before: {
      '7.3': { boot: [1905n, 0n, 0n, 0n, 0n, 0n, 0n] }, '7.2': { boot: [1836n, 0n, 0n, 0n, 0n, 0n, 0n] },
      '6.12': { boot: [12_197n, 0n, 0n, 0n, 0n, 0n, 0n] },
    },
  }),
  sysctl('fs/leases-enable', procDointvec, { boot: [1n] }),
  sysctl('fs/lease-break-time', procDointvec, { boot: [45n] }),
  sysctl('fs/mount-max', procDointvecMinmax, { boot: [100_000n], extra1: 1n }),
  // For file systems with 16-bit ids. The recorded value: under exec, CMD has the ids that its namespace gives it, whatever this says.
  sysctl('fs/overflowuid', procDointvecMinmax, { boot: [65_534n], extra1: 0n, extra2: OLD_UID_MAX }),
  sysctl('fs/overflowgid', procDointvecMinmax, { boot: [65_534n], extra1: 0n, extra2: OLD_UID_MAX }),
];

/** fs_stat_sysctls[] of fs/file_table.c. */
const FILES: readonly CtlTable[] = [
  sysctl('fs/file-nr', procNrFiles, { mode: 0o444, boot: [8n, 0n, 0n], before: { '7.2': { boot: [0n, 0n, 0n] } } }),
  sysctl('fs/file-max', procDoulongvecMinmax, { boot: fileMax, extra1: 0n, extra2: LONG_MAX }),
  // The recorded value, which is every host's unless it was changed: setrlimit(2) under exec goes by the host's.
  sysctl('fs/nr_open', procDouintvecMinmax, { boot: [1_048_576n], extra1: LEAST_NR_OPEN, extra2: MOST_NR_OPEN }),
];

/** fs/notify: dnotify/dnotify.c, fanotify/fanotify_user.c, inotify/inotify_user.c. Limits of a user are shown in user/ as well. */
const NOTIFY: readonly CtlTable[] = [
  sysctl('fs/dir-notify-enable', procDointvec, { boot: [1n] }),
  sysctl('fs/fanotify/max_queued_events', procDointvecMinmax, { boot: [16_384n], ...NOT_NEGATIVE }),
  sysctl('fs/fanotify/max_user_groups', procDoulongvecMinmax, { boot: [128n], ...OF_USER, twin: 'user.max_fanotify_groups' }),
  sysctl('fs/fanotify/max_user_marks', procDoulongvecMinmax, { boot: fanotifyMarks, ...OF_USER, twin: 'user.max_fanotify_marks' }),
  sysctl('fs/fanotify/watchdog_timeout', procDointvecMinmax, { since: '7.2', boot: [0n], ...NOT_NEGATIVE }),
  sysctl('fs/inotify/max_queued_events', procDointvecMinmax, { boot: [16_384n], ...NOT_NEGATIVE }),
  sysctl('fs/inotify/max_user_instances', procDoulongvecMinmax, { boot: [128n], ...OF_USER, twin: 'user.max_inotify_instances' }),
  sysctl('fs/inotify/max_user_watches', procDoulongvecMinmax, { boot: inotifyWatches, ...OF_USER, twin: 'user.max_inotify_watches' }),
];

/** fuse_sysctl_table[] of fs/fuse/sysctl.c. */
const FUSE: readonly CtlTable[] = [
  sysctl('fs/fuse/max_pages_limit', procDouintvecMinmax, { since: '7.2', boot: [256n], extra1: 1n, extra2: 65_535n }),
  sysctl('fs/fuse/default_request_timeout', procDouintvecMinmax, { since: '7.2', boot: [0n], extra1: 0n, extra2: 65_535n }),
  sysctl('fs/fuse/max_request_timeout', procDouintvecMinmax, { since: '7.2', boot: [0n], extra1: 0n, extra2: 65_535n }),
];

const MESSAGES = { extra1: 1n, extra2: 65_536n } as const;
const MESSAGE_BYTES = { extra1: 128n, extra2: 16n * 1024n * 1024n } as const;

/** mq_sysctls[] of ipc/mq_sysctl.c: POSIX message queues. */
const MQUEUE: readonly CtlTable[] = [
  sysctl('fs/mqueue/queues_max', procDointvec, { boot: [256n] }),
  sysctl('fs/mqueue/msg_max', procDointvecMinmax, { boot: [10n], ...MESSAGES }),
  sysctl('fs/mqueue/msgsize_max', procDointvecMinmax, { boot: [8192n], ...MESSAGE_BYTES }),
  sysctl('fs/mqueue/msg_default', procDointvecMinmax, { boot: [10n], ...MESSAGES }),
  sysctl('fs/mqueue/msgsize_default', procDointvecMinmax, { boot: [8192n], ...MESSAGE_BYTES }),
];

/** namei_sysctls[] of fs/namei.c: what set-uid programs and directories like /tmp are protected from. */
const NAMEI: readonly CtlTable[] = [
  sysctl('fs/protected_symlinks', procDointvecMinmax, { boot: [1n], ...ZERO_OR_ONE }),
  sysctl('fs/protected_hardlinks', procDointvecMinmax, { boot: [1n], ...ZERO_OR_ONE }),
  sysctl('fs/protected_fifos', procDointvecMinmax, { boot: [0n], extra1: 0n, extra2: 2n }),
  sysctl('fs/protected_regular', procDointvecMinmax, { boot: [0n], extra1: 0n, extra2: 2n }),
];

/** fs_pipe_sysctls[] of fs/pipe.c. */
const PIPE: readonly CtlTable[] = [
  sysctl('fs/pipe-max-size', procDopipeMaxSize, { boot: [1_048_576n], extra1: 1n, before: { '6.12': { handler: procDopipeMaxSizeOfLong } } }),
  sysctl('fs/pipe-user-pages-hard', procDoulongvecMinmax, { boot: [0n] }),
  sysctl('fs/pipe-user-pages-soft', procDoulongvecMinmax, { boot: [16_384n] }),
];

/** fs_dqstats_table[] of fs/quota/dquot.c: no file system of the machine has quotas. */
const QUOTA: readonly CtlTable[] = [
  ...['allocated_dquots', 'cache_hits', 'drops', 'free_dquots', 'lookups', 'reads', 'syncs', 'writes'].map(
    (counter) => sysctl(`fs/quota/${counter}`, procDoulongvecMinmax, { mode: 0o444, boot: [0n] }),
  ),
  sysctl('fs/quota/warnings', procDointvec, { until: '6.12', boot: [1n] }),
];

/** fsverity_sysctl_table[] of fs/verity/init.c. */
const VERITY: readonly CtlTable[] = [sysctl('fs/verity/require_signatures', procDointvecMinmax, { boot: [0n], ...ZERO_OR_ONE })];

/** The files of /proc/sys/fs of Linux 7.3. */
export const FS_SYSCTLS: readonly CtlTable[] = [
  ...SINGLE, ...FILES, ...NOTIFY, ...FUSE, ...MQUEUE, ...NAMEI, ...PIPE, ...QUOTA, ...VERITY,
];
