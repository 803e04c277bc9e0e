import type { ProfileName } from '../profiles/profile.ts';

/** Why the kernel panicked, where the trace tells: which caller of panic() it was. */
export type PanicCause = 'unrecoverable' | 'recovery-disabled' | 'sysrq';
/** How the panicking call came into the kernel. */
export type PanicEntry = 'hard' | 'corrupt' | 'mce' | 'sysrq';

/** Where a panic came from, for its call trace. */
export interface PanicOrigin {
  readonly cause: PanicCause;
  readonly entry: PanicEntry;
}

/** A way in: its frames, and for a kernel thread what it works for; then there is no system call below it. */
interface Entry {
  readonly frames: readonly string[];
  readonly workqueue?: string;
}

interface Trace {
  readonly panic: readonly string[];
  readonly cause: Readonly<Record<PanicCause, readonly string[]>>;
  readonly entry: Readonly<Record<PanicEntry, Entry>>;
  readonly syscall: readonly string[];
}

/** A machine check handled by a worker. */
const MACHINE_CHECK: Entry = {
  frames: [
    'uc_decode_notifier+0x88/0xc0',
    'notifier_call_chain+0x70/0x110',
    'blocking_notifier_call_chain+0x40/0x60',
    'mce_gen_pool_process+0x49/0x80',
    'process_one_work+0x1d6/0x3d0',
    'worker_thread+0x1a6/0x310',
    'kthread+0xe6/0x120',
    'ret_from_fork+0x2b3/0x340',
    'ret_from_fork_asm+0x1a/0x30',
  ],
  workqueue: 'events mce_gen_pool_process',
};

/** As recorded from 7.3, in several panics. Frames that the unwinder was unsure of (`? …`) differ from one to the next and are left out. */
const MERGED: Trace = {
  panic: ['dump_stack_lvl+0x5d/0x80', 'vpanic+0x247/0x440', 'panic+0x6b/0x70'],
  cause: {
    unrecoverable: ['action_result.cold+0xf/0x1b', 'memory_failure+0x1ea/0x10e0'],
    'recovery-disabled': ['memory_failure.cold+0x2b/0x6c'],
    sysrq: ['sysrq_handle_crash+0x1a/0x20', '__handle_sysrq.cold+0xba/0x1b9'],
  },
  entry: {
    hard: { frames: ['hard_offline_page_store+0x5f/0xa0', 'kernfs_fop_write_iter+0x16b/0x210', 'vfs_write+0x281/0x570'] },
    corrupt: {
      frames: [
        'hwpoison_inject.cold+0x1c/0x3f [hwpoison_inject]',
        'simple_attr_write_xsigned.isra.0+0xdf/0x190',
        'debugfs_attr_write+0x46/0x80',
        'full_proxy_write+0x6f/0xc0',
        'vfs_write+0xe6/0x570',
      ],
    },
    mce: MACHINE_CHECK,
    sysrq: { frames: ['write_sysrq_trigger+0x7b/0xd0', 'proc_reg_write+0x5a/0xb0', 'vfs_write+0xe6/0x570'] },
  },
  syscall: ['ksys_write+0x7b/0x110', 'do_syscall_64+0xc1/0x570', 'entry_SYSCALL_64_after_hwframe+0x76/0x7e'],
};

/** As recorded from v4 in its one panic, through hard_offline_page; whatever that did not pass is borrowed from 7.3. */
const POSTED: Trace = {
  panic: ['vpanic+0x2b4/0x330', 'panic+0x4f/0x50'],
  cause: { ...MERGED.cause, unrecoverable: ['action_result+0x7c/0x100', 'memory_failure+0x92a/0xca0'] },
  entry: {
    ...MERGED.entry,
    hard: { frames: ['hard_offline_page_store+0x4d/0x80', 'kernfs_fop_write_iter+0x10f/0x1f0', 'vfs_write+0x25a/0x440'] },
  },
  syscall: ['ksys_write+0x59/0xd0', 'do_syscall_64+0x6c/0x320', 'entry_SYSCALL_64_after_hwframe+0x4b/0x53'],
};

/** The call trace of a panic by kernel, innermost frame first: panic() itself, its caller, the way in, the system call. */
export const CALL_TRACES: Readonly<Record<ProfileName, Trace>> = { '7.3': MERGED, v4: POSTED };

/**
 * The registers of the program that made the system call, by the name the dump prints before them; `{bits}` is so many random hex digits.
 * What a dump shows here is the caller's, so nothing about the panic can be read from it: the layout is the kernel's, the values are drawn.
 */
export const USER_REGISTERS = [
  'RIP: 0033:0x{6}',
  'RSP: 002b:00007ff{9} EFLAGS: 00000202 ORIG_RAX: 0000000000000001',
  'RAX: ffffffffffffffda RBX: 00007ff{9} RCX: 0000000000{6}',
  'RDX: 000000000000000b RSI: 00007ff{9} RDI: 0000000000000004',
  'RBP: 00000000{8} R08: 000000000000000a R09: 00007ff{9}',
  'R10: 0000000000000000 R11: 0000000000000202 R12: 000000000000000b',
  'R13: 0000000000{6} R14: 0000000000000004 R15: 00007ff{9}',
] as const;
