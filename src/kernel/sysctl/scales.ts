/** Ticks a second of the recorded kernel (CONFIG_HZ). */
export const HZ = 250n;
/** Clock ticks a second as programs count them. */
export const USER_HZ = 100n;
const MSEC_PER_SEC = 1000n;
const INT_MAX = 2n ** 31n - 1n;
/** MAX_JIFFY_OFFSET: the value of times that are too long. It does not fit into an int. */
const MAX_JIFFY_OFFSET = 2n ** 62n - 2n;

/** A unit of a file, and the one that the kernel keeps the number in. Both conversions take numbers without their sign. */
export interface Scale {
  readonly toKernel: (shown: bigint) => bigint;
  readonly toUser: (kept: bigint) => bigint;
  /** As kernels whose times wrap round convert a number with its sign; undefined where they refuse it. Absent: as `toKernel`. */
  readonly wrapped?: (shown: bigint) => bigint | undefined;
  /** The greatest number that the file takes. */
  readonly most: bigint;
}

/** Seconds; kept in jiffies. Mirrors mult_hz() and div_hz() (kernel/time/jiffies.c). */
export const SECONDS: Scale = { toKernel: (seconds) => seconds * HZ, toUser: (jiffies) => jiffies / HZ, most: INT_MAX / HZ };

const LONG_MAX = 2n ** 63n - 1n;
const ULONG_MAX = 2n ** 64n - 1n;

/** Hundredths of a second; kept in jiffies. Mirrors clock_t_to_jiffies() and jiffies_to_clock_t() (kernel/time/time.c). */
export const CENTISECONDS: Scale = {
  toKernel: (ticks) => (ticks * HZ) / USER_HZ, toUser: (jiffies) => (jiffies * USER_HZ) / HZ, most: ((INT_MAX + 1n) * USER_HZ - 1n) / HZ,
  // do_proc_dointvec_userhz_jiffies_conv() of kernels until 6.18: all in unsigned long, of which the int keeps the lower half.
  wrapped(shown) {
    if ((shown < 0n ? -shown : shown) > (LONG_MAX / HZ) * USER_HZ) return undefined;
    const ticks = BigInt.asUintN(64, shown);
    const jiffies = ticks >= (ULONG_MAX / HZ) * USER_HZ ? ULONG_MAX : BigInt.asUintN(64, ticks * HZ) / USER_HZ;
    return BigInt.asIntN(32, jiffies);
  },
};

/**
 * Milliseconds; kept in jiffies, rounded up. A number with the highest bit of an unsigned int is too long. Mirrors
 * sysctl_msecs_to_jiffies() and sysctl_jiffies_to_msecs() (kernel/time/jiffies.c).
 */
export const MILLISECONDS: Scale = {
  toKernel: (ms) => (ms > INT_MAX ? MAX_JIFFY_OFFSET : (ms * HZ + MSEC_PER_SEC - 1n) / MSEC_PER_SEC),
  toUser: (jiffies) => BigInt.asUintN(32, (jiffies * MSEC_PER_SEC) / HZ),
  most: INT_MAX,
  // do_proc_dointvec_ms_jiffies_conv() of the same kernels: the sign and what is above 32 bits are lost.
  wrapped(shown) {
    const ms = BigInt.asUintN(32, shown);
    return ms > INT_MAX ? undefined : (ms * HZ + MSEC_PER_SEC - 1n) / MSEC_PER_SEC;
  },
};

/** The same in an unsigned long. */
export const LONG_MILLISECONDS: Scale = {
  ...MILLISECONDS,
  toUser: (jiffies) => (jiffies === MAX_JIFFY_OFFSET ? MILLISECONDS.toUser(jiffies) : BigInt.asUintN(64, jiffies * MSEC_PER_SEC) / HZ),
  // __do_proc_doulongvec_minmax() of kernels until 6.18: rounded down, and what is above 64 bits is lost.
  wrapped: (shown) => BigInt.asUintN(64, shown * HZ) / MSEC_PER_SEC,
};

/** Jiffies, as the kernel stores them. */
export const JIFFIES: Scale = { toKernel: (jiffies) => jiffies, toUser: (jiffies) => jiffies, most: INT_MAX };

/** A number in another scale: its sign stays. */
export function scaled(value: bigint, convert: (magnitude: bigint) => bigint): bigint {
  return value < 0n ? -convert(-value) : convert(value);
}
