import { ERRNO } from '../../abi/errno.ts';
import { afterWrite, integersOf, logMessages } from './after-write.ts';
import { type Bound, type CtlTable, latin1Bytes, type ProcHandler, type SysctlHost, type SysctlValue } from './ctl-table.ts';
import { type ParsedLong, procGetLong, procSkipSpaces } from './proc-get-long.ts';
import { CENTISECONDS, JIFFIES, LONG_MILLISECONDS, MILLISECONDS, type Scale, scaled, SECONDS } from './scales.ts';
import { procFirstPosNonZeroIgnore, writesAreStrict } from './write-position.ts';

/** A C type that a sysctl's numbers are kept in, and what of it can be written. */
interface NumberKind {
  readonly least: bigint;
  readonly greatest: bigint;
  /** Unsigned types refuse any minus sign, that of -0 too. */
  readonly sign: boolean;
  readonly boolean?: true;
  /** An error ends the write, and is not reported. */
  readonly errorsIgnored?: true;
  /** Files of such a type hold one number (do_proc_douintvec()). */
  readonly oneUnsigned?: true;
  /** The unit of the file, where the kernel keeps the number in another. Bounds are in the kernel's, stored is what the file shows. */
  readonly scale?: Scale;
}

const INT_MAX = 2n ** 31n - 1n;

const INT: NumberKind = { least: -INT_MAX - 1n, greatest: INT_MAX, sign: true };
const UNSIGNED_INT: NumberKind = { least: 0n, greatest: 2n ** 32n - 1n, sign: false, oneUnsigned: true };
const UNSIGNED_LONG: NumberKind = { least: 0n, greatest: 2n ** 64n - 1n, sign: false };
const U8: NumberKind = { least: 0n, greatest: 255n, sign: false, oneUnsigned: true };
const BOOL: NumberKind = { ...INT, boolean: true };

/** More of a write than this is not looked at, and not counted as left over either (PAGE_SIZE - 1). */
const LONGEST_WRITE = 4095;
const NOTHING = new Uint8Array(0);

/** The bytes of values that were read before: a value that is written is another array. Nobody changes what is read. */
const RENDERED = new WeakMap<readonly bigint[], Uint8Array>();

function bytesOf(values: readonly bigint[]): Uint8Array {
  const known = RENDERED.get(values);
  if (known !== undefined) return known;
  const bytes = latin1Bytes(`${values.join('\t')}\n`);
  RENDERED.set(values, bytes);
  return bytes;
}

/** What a file shows of a number below 0 that its unit rounds to nothing. It is kept as text, since a bigint has no such number. */
const MINUS_ZERO = '-0';
const MINUS_ZERO_BYTES = latin1Bytes(`${MINUS_ZERO}\n`);

/** What a file of this unit shows of a number of the kernel's. Mirrors proc_int_k2u_conv_kop() (kernel/sysctl.c). */
function shownIn(scale: Scale, kept: bigint): SysctlValue {
  const shown = scaled(kept, scale.toUser);
  return kept < 0n && shown === 0n ? MINUS_ZERO : [shown];
}

/** Numbers of a write, as far as they could be stored, the bytes used or the errno. */
interface Stored {
  readonly values: readonly bigint[];
  readonly answer: number;
  /** The last of them as the kernel keeps it; undefined where nothing was stored. */
  readonly kept?: bigint;
}

/** The loop of do_proc_dointvec() for a write at a position that counts. A vector keeps what came before a number that was refused. */
function storeNumbers(kind: NumberKind, host: SysctlHost, entry: CtlTable, old: readonly bigint[], data: Uint8Array): Stored {
  const end = Math.min(data.length, LONGEST_WRITE);
  const values = old.slice();
  const { least, greatest } = kind;
  const least1 = boundValue(kind, host, entry.extra1) ?? least;
  const greatest1 = boundValue(kind, host, entry.extra2) ?? greatest;
  const { afterUnsigned, times } = host.profile.conversions;
  const wrapped = times === 'wrapped' ? kind.scale?.wrapped : undefined;
  let kept: bigint | undefined;
  let at = 0;
  let count = 0;
  for (; at < end && count < old.length; count += 1) {
    at = procSkipSpaces(data, at, end);
    if (at === end) break;
    const parsed = procGetLong(data, at, end);
    if (typeof parsed === 'number') return failed(kind, values, parsed, count === 0 ? data.length : data.length - (end - at));
    const value = wrapped ? wrapped(signed(parsed, parsed.magnitude)) : signed(parsed, kind.scale?.toKernel(parsed.magnitude) ?? parsed.magnitude);
    if (value === undefined || (parsed.negative && !kind.sign) || value < least || value > greatest || value < least1 || value > greatest1) {
      return failed(kind, values, -ERRNO.EINVAL, count === 0 ? data.length : data.length - (end - parsed.next));
    }
    kept = value;
    values[count] = kind.boolean && value !== 0n ? 1n : value;
    at = parsed.next;
  }
  if (kept === undefined) return failed(kind, values, -ERRNO.EINVAL, data.length);
  const left = kind.oneUnsigned && afterUnsigned === 'written' ? 0 : end - procSkipSpaces(data, at, end);
  return { values, answer: data.length - left, kept };
}

/** A write that ended with an errno, after this number of bytes. */
function failed({ errorsIgnored }: NumberKind, values: readonly bigint[], errno: number, used: number): Stored {
  return { values, answer: errorsIgnored ? used : errno };
}

function signed({ negative }: ParsedLong, magnitude: bigint): bigint {
  return negative ? -magnitude : magnitude;
}

/** The number of a bound, as the kernel keeps it: its own, or that of the sysctl of that name. */
function boundValue({ scale }: NumberKind, host: SysctlHost, bound: Bound | undefined): bigint | undefined {
  if (typeof bound !== 'string') return bound;
  const [shown] = integersOf(host, bound);
  return shown === undefined || scale === undefined ? shown : scale.toKernel(shown);
}

/** Least and greatest value of a row, as its file shows them: what its type holds, cut to extra1 and extra2. */
function range(kind: NumberKind, { extra1, extra2 }: CtlTable): readonly [Bound, Bound] {
  const { scale } = kind;
  if (!scale) return [extra1 ?? kind.least, extra2 ?? kind.greatest];
  const shown = (bound: Bound | undefined): Bound | undefined => (typeof bound === 'bigint' ? scaled(bound, scale.toUser) : bound);
  return [shown(extra1) ?? -scale.most, shown(extra2) ?? scale.most];
}

function takes(kind: NumberKind, entry: CtlTable): string {
  if (entry.check) return entry.check.takes;
  const [least, greatest] = range(kind, entry);
  if (least === greatest) return `only ${least}`;
  const numbers = Array.isArray(entry.boot) ? entry.boot.length : 1;
  if (numbers > 1) return `up to ${numbers} whole numbers from ${least} to ${greatest}`;
  return least === 0n && greatest === 1n ? '0 or 1' : `a whole number from ${least} to ${greatest}`;
}

/** A handler of numbers. Reads beyond position 0 are empty, and a short read cuts the text: both as the kernel does. */
function numberHandler(kind: NumberKind): ProcHandler {
  return {
    read(host, entry, position, length) {
      if (position !== 0) return NOTHING;
      const bytes = host.values.get(entry.name) === MINUS_ZERO ? MINUS_ZERO_BYTES : bytesOf(integersOf(host, entry.name));
      return length >= bytes.length ? bytes : bytes.subarray(0, length);
    },
    write(host, entry, position, data) {
      logMessages(host, entry, ['attempted']);
      const old = integersOf(host, entry.name);
      let answer = data.length;
      if (data.length > 0 && !procFirstPosNonZeroIgnore(host, entry, position)) {
        const stored = storeNumbers(kind, host, entry, old, data);
        if (stored.answer >= 0 || !entry.allOrNothing) host.values.set(entry.name, stored.values);
        if (stored.kept !== undefined) {
          if (kind.scale) host.values.set(entry.name, shownIn(kind.scale, stored.kept));
          if (entry.twin !== undefined && entry.twinScale) host.values.set(entry.twin, shownIn(entry.twinScale, stored.kept));
        }
        answer = stored.answer;
      }
      if (answer < 0) return answer;
      const refused = afterWrite(host, entry, old);
      return refused < 0 ? refused : answer;
    },
    keepsPosition(host, entry, position, data) {
      if (position !== 0 && writesAreStrict(host)) return false;
      // do_proc_douintvec_w() moves it only where it ignores the write, __do_proc_dointvec() not where it takes no number.
      if (kind.oneUnsigned) return host.profile.conversions.afterUnsigned === 'written';
      return kind.errorsIgnored === true && storeNumbers(kind, host, entry, integersOf(host, entry.name), data).kept === undefined;
    },
    takes: (entry) => takes(kind, entry),
  };
}

/** A handler of an int that the kernel keeps in another unit than its file shows. */
export function scaledHandler(scale: Scale): ProcHandler {
  return numberHandler({ ...INT, scale });
}

/** A handler of an unsigned int that the kernel rounds to another before it looks at the bounds. */
export function roundedUintHandler(scale: Scale): ProcHandler {
  return numberHandler({ ...UNSIGNED_INT, scale });
}

/** A vector of int; mirrors proc_dointvec() (kernel/sysctl.c). */
export const procDointvec = numberHandler(INT);
/** The same within extra1 and extra2; mirrors proc_dointvec_minmax(). */
export const procDointvecMinmax = numberHandler(INT);
/** One unsigned int; mirrors proc_douintvec(). */
export const procDouintvec = numberHandler(UNSIGNED_INT);
/** The same within extra1 and extra2; mirrors proc_douintvec_minmax(). */
export const procDouintvecMinmax = numberHandler(UNSIGNED_INT);
/** A vector of unsigned long within extra1 and extra2; mirrors proc_doulongvec_minmax(). */
export const procDoulongvecMinmax = numberHandler(UNSIGNED_LONG);
/** One u8 within extra1 and extra2; mirrors proc_dou8vec_minmax(). */
export const procDou8vecMinmax = numberHandler(U8);
/** Seconds in files, jiffies in the kernel; mirrors proc_dointvec_jiffies() (kernel/time/jiffies.c). */
export const procDointvecJiffies = scaledHandler(SECONDS);
/** Hundredths of a second in files; mirrors proc_dointvec_userhz_jiffies(). */
export const procDointvecUserhzJiffies = scaledHandler(CENTISECONDS);
/** Milliseconds in files; mirrors proc_dointvec_ms_jiffies(). */
export const procDointvecMsJiffies = scaledHandler(MILLISECONDS);
/** The same within extra1 and extra2, which are in jiffies; mirrors proc_dointvec_ms_jiffies_minmax(). */
export const procDointvecMsJiffiesMinmax = scaledHandler(MILLISECONDS);
/** The same of unsigned long; mirrors proc_doulongvec_ms_jiffies_minmax(). */
export const procDoulongvecMsJiffiesMinmax = numberHandler({ ...UNSIGNED_LONG, scale: LONG_MILLISECONDS });
/** Jiffies in files too: proc_dointvec() on a time that another file shows in another unit. */
export const procDointvecOfJiffies = scaledHandler(JIFFIES);
/** Any int, kept as 0 or 1; mirrors proc_dobool(). */
export const procDobool = numberHandler(BOOL);
/** Any number, kept as 0 or 1: the same in kernels until 6.3. */
export const procDoboolOfLong = numberHandler({ least: -UNSIGNED_LONG.greatest, greatest: UNSIGNED_LONG.greatest, sign: true, boolean: true });
/** A vector of int, of which a write stores what it can and reports no error. */
export const procDointvecUnchecked = numberHandler({ ...INT, errorsIgnored: true });
