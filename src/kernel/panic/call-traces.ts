/** Why the kernel panicked, if the trace shows it: the caller of panic(). */
export type PanicCause = 'unrecoverable' | 'recovery-disabled' | 'sysrq' | 'fatal-hardware' | 'edac';
/** How the panicking call came into the kernel. */
export type PanicEntry = 'hard' | 'corrupt' | 'mce' | 'ghes' | 'sysrq' | 'firmware';

/** Where a panic came from, for its call trace. */
export interface PanicOrigin {
  readonly cause: PanicCause;
  readonly entry: PanicEntry;
}

/**
 * An entry into the kernel: its frames, and for a kernel thread its workqueue, below which there is no system call. For an interrupt also the
 * lines of what it interrupted, {@link USER_REGISTERS} says what `{N}` is.
 */
export interface TraceEntry {
  readonly frames: readonly string[];
  readonly workqueue?: string;
  readonly interrupted?: readonly string[];
}

/** The call traces of a kernel's panics, innermost frame first: panic() itself, its caller, the entry, the system call. */
export interface CallTraces {
  readonly panic: readonly string[];
  readonly cause: Readonly<Record<PanicCause, readonly string[]>>;
  readonly entry: Readonly<Record<PanicEntry, TraceEntry>>;
  readonly syscall: readonly string[];
}

/**
 * The registers of the program that made the system call, by the name the dump prints before them; `{N}` is N random hex digits.
 * These registers belong to the caller and say nothing about the panic: the layout is that of the kernel, the values are random.
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
