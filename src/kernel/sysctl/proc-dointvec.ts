import { ERRNO } from '../../abi/errno.ts';
import { afterWrite, integersOf, sayMessages } from './after-write.ts';
import type { CtlTable, ProcHandler } from './ctl-table.ts';
import { latin1Bytes } from './latin1.ts';
import { procGetLong, procSkipSpaces } from './proc-get-long.ts';
import { procFirstPosNonZeroIgnore } from './write-position.ts';

/** A C type that a sysctl's numbers are kept in, and what of it can be written. */
interface NumberKind {
  readonly least: bigint;
  readonly greatest: bigint;
  /** Unsigned types refuse any minus sign, that of -0 too. */
  readonly sign: boolean;
  readonly boolean?: true;
}

const INT_MAX = 2n ** 31n - 1n;
/** Ticks a second of the recorded kernel (CONFIG_HZ). Times are kept in ticks in an int, which bounds the seconds. */
const HZ = 250n;

const INT: NumberKind = { least: -INT_MAX - 1n, greatest: INT_MAX, sign: true };
const UNSIGNED_INT: NumberKind = { least: 0n, greatest: 2n ** 32n - 1n, sign: false };
const UNSIGNED_LONG: NumberKind = { least: 0n, greatest: 2n ** 64n - 1n, sign: false };
const JIFFIES: NumberKind = { least: -(INT_MAX / HZ), greatest: INT_MAX / HZ, sign: true };
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

/** Numbers of a write, as far as they could be stored, the bytes used or the errno. */
interface Stored {
  readonly values: readonly bigint[];
  readonly answer: number;
}

/** The loop of do_proc_dointvec() for a write at a position that counts. A vector keeps what came before a number that was refused. */
function storeNumbers(kind: NumberKind, entry: CtlTable, old: readonly bigint[], data: Uint8Array): Stored {
  const end = Math.min(data.length, LONGEST_WRITE);
  const values = [...old];
  const [least, greatest] = range(kind, entry);
  let at = 0;
  let count = 0;
  for (; at < end && count < old.length; count += 1) {
    at = procSkipSpaces(data, at, end);
    if (at === end) break;
    const parsed = procGetLong(data, at, end);
    if (typeof parsed === 'number') return { values, answer: parsed };
    const value = parsed.negative ? -parsed.magnitude : parsed.magnitude;
    if ((parsed.negative && !kind.sign) || value < least || value > greatest) return { values, answer: -ERRNO.EINVAL };
    values[count] = kind.boolean && value !== 0n ? 1n : value;
    at = parsed.next;
  }
  if (count === 0) return { values, answer: -ERRNO.EINVAL };
  return { values, answer: data.length - (end - procSkipSpaces(data, at, end)) };
}

/** Least and greatest value of a row: what its type holds, cut to extra1 and extra2. */
function range(kind: NumberKind, entry: CtlTable): readonly [bigint, bigint] {
  return [entry.extra1 ?? kind.least, entry.extra2 ?? kind.greatest];
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
      const bytes = bytesOf(integersOf(host, entry.name));
      return length >= bytes.length ? bytes : bytes.subarray(0, length);
    },
    write(host, entry, position, data) {
      sayMessages(host, entry, ['attempted']);
      const old = integersOf(host, entry.name);
      let answer = data.length;
      if (data.length > 0 && !procFirstPosNonZeroIgnore(host, entry, position)) {
        const stored = storeNumbers(kind, entry, old, data);
        if (stored.answer >= 0 || !entry.allOrNothing) host.values.set(entry.name, stored.values);
        answer = stored.answer;
      }
      if (answer < 0) return answer;
      const refused = afterWrite(host, entry, old);
      return refused < 0 ? refused : answer;
    },
    takes: (entry) => takes(kind, entry),
  };
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
/** Seconds in files, ticks in the kernel; mirrors proc_dointvec_jiffies(). */
export const procDointvecJiffies = numberHandler(JIFFIES);
/** Any int, kept as 0 or 1; mirrors proc_dobool(). */
export const procDobool = numberHandler(BOOL);
