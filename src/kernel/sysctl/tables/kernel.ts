import { LAST_CAPABILITY } from '../../../abi/caller.ts';
import { LOG_LEVEL } from '../../../abi/log-level.ts';
import { ZERO_OR_ONE } from '../bounds.ts';
import { CHECKPOINT_RESTORE } from '../capability-checks.ts';
import { type CtlTable, sysctl } from '../ctl-table.ts';
import { MAX_THREADS, maxThreads } from '../fs/sizes.ts';
import { procDostringCoredump, procDostringCoredumpOlder, procDostringCoredumpWithoutSockets } from '../kernel/core-pattern.ts';
import { IPC_MNI, procIpcSemDointvec } from '../kernel/ipc.ts';
import { cadPidCheck, pidNsCtlHandler } from '../kernel/processes.ts';
import { procDoBootId, procDoRointvec, procDoUuid } from '../kernel/random.ts';
import {
  procDobool, procDointvec, procDointvecMinmax, procDouintvecMinmax, procDoulongvecMinmax,
} from '../proc-dointvec.ts';
import { NEXT_ID, PID_NAMESPACE } from '../permissions.ts';
import { procDostring } from '../proc-dostring.ts';
import { KERNEL_PANIC_SYSCTLS } from './kernel-panic.ts';
import { KERNEL_SCHED_SYSCTLS } from './kernel-sched.ts';
import { KERNEL_SECURITY_SYSCTLS } from './kernel-security.ts';

/** kernel/utsname_sysctl.c and kernel/sysctl.c. */
const NAMES: readonly CtlTable[] = [
  sysctl('kernel/arch', procDostring, { mode: 0o444, boot: 'x86_64' }),
  sysctl('kernel/ostype', procDostring, { mode: 0o444, boot: 'Linux' }),
  sysctl('kernel/osrelease', procDostring, { mode: 0o444, boot: ({ profile }) => profile.release }),
  sysctl('kernel/version', procDostring, { mode: 0o444, boot: ({ profile }) => profile.banner }),
  sysctl('kernel/hostname', procDostring, { boot: '(none)' }),
  sysctl('kernel/domainname', procDostring, { boot: '(none)' }),
  sysctl('kernel/sysctl_writes_strict', procDointvecMinmax, { boot: [1n], extra1: -1n, extra2: 1n }),
  // The emulated kernel's own. Each has been the same since Linux 5.9, so that what prctl(2) and setgroups(2) take under exec agrees with it.
  sysctl('kernel/ngroups_max', procDointvec, { mode: 0o444, boot: [65_536n] }),
  sysctl('kernel/cap_last_cap', procDointvec, { mode: 0o444, boot: [BigInt(LAST_CAPABILITY)] }),
];

/** CORENAME_MAX_SIZE. */
const CORENAME_BYTES = 128;
const NOTE_BYTES = { extra1: 4n * 1024n * 1024n, extra2: 16n * 1024n * 1024n } as const;

/** coredump_sysctls[] of fs/coredump.c. */
const COREDUMP: readonly CtlTable[] = [
  sysctl('kernel/core_uses_pid', procDointvec, { boot: [0n] }),
  sysctl('kernel/core_pattern', procDostringCoredump, {
    boot: 'core', maxlen: CORENAME_BYTES,
    before: { '7.2': { handler: procDostringCoredumpWithoutSockets }, '6.12': { handler: procDostringCoredumpOlder } },
  }),
  sysctl('kernel/core_pipe_limit', procDointvecMinmax, { boot: [0n], extra1: 0n, before: { '7.2': { extra1: undefined } } }),
  sysctl('kernel/core_file_note_size_limit', procDouintvecMinmax, { since: '6.12', boot: [4n * 1024n * 1024n], ...NOTE_BYTES }),
  sysctl('kernel/core_sort_vma', procDouintvecMinmax, { since: '6.12', boot: [0n], ...ZERO_OR_ONE }),
  sysctl('kernel/core_modes', procDostring, { since: '7.2', mode: 0o444, boot: 'file\npipe\nsocket' }),
];

const LIMIT = { extra1: 0n } as const;
/** ULONG_MAX less 2^24. */
const SHM_MOST = 2n ** 64n - 1n - 2n ** 24n;
const COUNT = { extra1: 0n, extra2: IPC_MNI } as const;

/** ipc_sysctls[] of ipc/ipc_sysctl.c: System V. The ids of checkpoints have no mode but for who can restore one. */
const IPC: readonly CtlTable[] = [
  sysctl('kernel/shmmax', procDoulongvecMinmax, { boot: [SHM_MOST] }),
  sysctl('kernel/shmall', procDoulongvecMinmax, { boot: [SHM_MOST] }),
  sysctl('kernel/shmmni', procDointvecMinmax, { boot: [4096n], ...COUNT }),
  sysctl('kernel/shm_rmid_forced', procDointvecMinmax, { boot: [0n], ...ZERO_OR_ONE }),
  sysctl('kernel/msgmax', procDointvecMinmax, { boot: [8192n], ...LIMIT }),
  sysctl('kernel/msgmni', procDointvecMinmax, { boot: [32_000n], ...COUNT }),
  // Has had no effect since Linux 3.19.
  sysctl('kernel/auto_msgmni', procDointvecMinmax, {
    boot: [0n], ...ZERO_OR_ONE, settle: () => 0n,
    messages: [{
      level: LOG_LEVEL.info, when: 'attempted', endsWith: () => true, unfinished: true, text: () => 'writing to auto_msgmni has no effect',
    }],
  }),
  sysctl('kernel/msgmnb', procDointvecMinmax, { boot: [16_384n], ...LIMIT }),
  sysctl('kernel/sem', procIpcSemDointvec, { boot: [32_000n, 1_024_000_000n, 500n, 32_000n] }),
  sysctl('kernel/sem_next_id', procDointvecMinmax, { mode: 0o444, boot: [-1n], ...LIMIT, permissions: NEXT_ID }),
  sysctl('kernel/msg_next_id', procDointvecMinmax, { mode: 0o444, boot: [-1n], ...LIMIT, permissions: NEXT_ID }),
  sysctl('kernel/shm_next_id', procDointvecMinmax, { mode: 0o444, boot: [-1n], ...LIMIT, permissions: NEXT_ID }),
];

/** RESERVED_PIDS and one more; PID_MAX_LIMIT. */
const PIDS = { extra1: 301n, extra2: 4_194_304n } as const;
const OLD_IDS = { extra1: 0n, extra2: 65_535n } as const;

/** kernel/pid.c, kernel/pid_namespace.c, kernel/fork.c, kernel/sys.c, kernel/acct.c, kernel/reboot.c, kernel/signal.c. */
const PROCESSES: readonly CtlTable[] = [
  // What a kernel with up to 32 CPUs begins with. Under exec, pids are the host's and may pass it: nothing that reads it is refused for that.
  sysctl('kernel/pid_max', procDointvecMinmax, { boot: [32_768n], ...PIDS, permissions: PID_NAMESPACE, before: { '7.2': { permissions: undefined } } }),
  // Without a value until one is written. The machine starts no programs, so that a written one never counts on.
  sysctl('kernel/ns_last_pid', pidNsCtlHandler, { mode: 0o666, extra1: 0n, extra2: 'kernel.pid_max', capability: CHECKPOINT_RESTORE }),
  sysctl('kernel/threads-max', procDointvecMinmax, { boot: maxThreads, extra1: 1n, extra2: MAX_THREADS }),
  // What stands for an id that cannot be shown. It is every kernel's own value: under exec, stat(2) shows the host's, which is the same.
  sysctl('kernel/overflowuid', procDointvecMinmax, { boot: [65_534n], ...OLD_IDS }),
  sysctl('kernel/overflowgid', procDointvecMinmax, { boot: [65_534n], ...OLD_IDS }),
  sysctl('kernel/acct', procDointvec, { boot: [4n, 2n, 30n] }),
  sysctl('kernel/poweroff_cmd', procDostring, { boot: '/sbin/poweroff', maxlen: 256 }),
  sysctl('kernel/ctrl-alt-del', procDointvec, { boot: [1n] }),
  sysctl('kernel/cad_pid', procDointvec, { mode: 0o600, boot: [1n], check: cadPidCheck(63n), before: { '6.12': { check: cadPidCheck(46n, [45n]) } } }),
  sysctl('kernel/print-fatal-signals', procDointvec, { boot: [0n] }),
];

/** init/do_mounts_initrd.c, mm/memory.c, kernel/locking/rtmutex_api.c, kernel/entry/syscall_user_dispatch.c, drivers/base/firmware_loader/fallback_table.c. */
const PARTS: readonly CtlTable[] = [
  sysctl('kernel/real-root-dev', procDointvec, { until: '7.2', boot: [0n] }),
  sysctl('kernel/randomize_va_space', procDointvec, { boot: [2n] }),
  sysctl('kernel/max_lock_depth', procDointvec, { boot: [1024n] }),
  sysctl('kernel/syscall_user_dispatch', procDobool, { since: '7.3', boot: [1n] }),
  sysctl('kernel/firmware_config/force_sysfs_fallback', procDouintvecMinmax, { boot: [0n], ...ZERO_OR_ONE }),
  sysctl('kernel/firmware_config/ignore_sysfs_fallback', procDouintvecMinmax, { boot: [0n], ...ZERO_OR_ONE }),
];

/** arch/x86/kernel/setup.c, arch/x86/kernel/cpu/bus_lock.c, drivers/char/sysrq.c. The boot loader is QEMU's own. */
const X86: readonly CtlTable[] = [
  sysctl('kernel/bootloader_type', procDointvec, { mode: 0o444, boot: [176n] }),
  sysctl('kernel/bootloader_version', procDointvec, { mode: 0o444, boot: [0n] }),
  sysctl('kernel/io_delay_type', procDointvec, { boot: [0n] }),
  sysctl('kernel/acpi_video_flags', procDoulongvecMinmax, { boot: [0n] }),
  sysctl('kernel/split_lock_mitigate', procDouintvecMinmax, { boot: [1n], ...ZERO_OR_ONE }),
  sysctl('kernel/sysrq', procDointvecMinmax, { boot: [438n] }),
];

/** pty_table[] of fs/devpts/inode.c. */
const PTY: readonly CtlTable[] = [
  sysctl('kernel/pty/max', procDointvecMinmax, { boot: [4096n], ...LIMIT }),
  sysctl('kernel/pty/reserve', procDointvecMinmax, { boot: [1024n], ...LIMIT }),
  sysctl('kernel/pty/nr', procDointvec, { mode: 0o444, boot: [0n] }),
];

/** random_table[] of drivers/char/random.c. The UUIDs come from the machine's seed: runs with the same seed show the same ones. */
const RANDOM: readonly CtlTable[] = [
  sysctl('kernel/random/poolsize', procDointvec, { mode: 0o444, boot: [256n] }),
  sysctl('kernel/random/entropy_avail', procDointvec, { mode: 0o444, boot: [256n] }),
  sysctl('kernel/random/write_wakeup_threshold', procDoRointvec, { boot: [256n] }),
  sysctl('kernel/random/urandom_min_reseed_secs', procDoRointvec, { boot: [60n] }),
  // The machine's own, not the host's: it changes when the machine reboots, which programs look at it for.
  sysctl('kernel/random/boot_id', procDoBootId, { mode: 0o444 }),
  sysctl('kernel/random/uuid', procDoUuid, { mode: 0o444 }),
];

/** The files of /proc/sys/kernel of Linux 7.3, x86-64, as Debian builds it. */
export const KERNEL_SYSCTLS: readonly CtlTable[] = [
  ...NAMES, ...KERNEL_PANIC_SYSCTLS, ...COREDUMP, ...IPC, ...PROCESSES, ...KERNEL_SCHED_SYSCTLS, ...KERNEL_SECURITY_SYSCTLS, ...PARTS, ...X86,
  ...PTY, ...RANDOM,
];
