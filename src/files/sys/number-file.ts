import { ERRNO } from '../../abi/errno.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { kstrtobool } from '../../kernel/kstrtobool.ts';
import { kstrtoull } from '../../kernel/kstrtoull.ts';
import type { FileNode } from '../../vfs/node.ts';
import { lineOf, storedFile } from './sysfs-file.ts';

export const U32_MAX = 2n ** 32n - 1n;
export const U64_MAX = 2n ** 64n - 1n;
export const INT_MAX = 2n ** 31n - 1n;

/** What numbers a file takes. */
export interface Numbers {
  /** How it is written: decimal, or what its prefix says. */
  readonly base: 0 | 10;
  readonly least?: bigint;
  readonly most: bigint;
  /** The errno of a number whose type is too small for it; EINVAL where the store function drops what kstrto*() returns. */
  readonly overflow: 'EINVAL' | 'ERANGE';
  /** What the type holds, where the file takes less: -EINVAL beyond `most`, `overflow` beyond this. */
  readonly type?: bigint;
}

/** The number that was written, or a negative errno. Mirrors kstrtouint(), kstrtoul() and kstrtoint() (lib/kstrtox.c) in a store function. */
export function numberOf(data: Uint8Array, { base, least = 0n, most, overflow, type = most }: Numbers): bigint | number {
  const negative = data[0] === MINUS;
  // Only one sign: kstrtoll() looks for a minus, then leaves the rest to what kstrtoull() calls after its plus.
  const magnitude = negative && (least >= 0n || data[1] === PLUS) ? -ERRNO.EINVAL : kstrtoull(negative ? data.subarray(1) : data, base);
  if (typeof magnitude === 'number') return magnitude === -ERRNO.ERANGE ? -ERRNO[overflow] : magnitude;
  const value = negative ? -magnitude : magnitude;
  if (value > type || (value < least && negative)) return -ERRNO[overflow];
  return value < least || value > most ? -ERRNO.EINVAL : value;
}

const MINUS = 0x2d;
const PLUS = 0x2b;

/** A file that keeps a number until the next boot, under `path`. */
export function numberFile(kernel: Kernel, path: string, boot: number, numbers: Numbers, keeps = (value: bigint): bigint => value): FileNode {
  return storedFile({
    mode: 0o644,
    show: () => `${kernel.attributes.get(path) ?? boot}\n`,
    store(data) {
      const value = numberOf(data, numbers);
      if (typeof value === 'number') return value;
      kernel.attributes.set(path, String(keeps(value)));
      return 0;
    },
  });
}

/** A file that keeps yes or no until the next boot, under `path`, and shows the word for it. */
export function boolFile(kernel: Kernel, path: string, boot: boolean, [no, yes]: readonly [string, string]): FileNode {
  return storedFile({
    mode: 0o644,
    show: () => `${kernel.attributes.get(path) ?? (boot ? yes : no)}\n`,
    store(data) {
      const value = kstrtobool(lineOf(data));
      if (value === undefined) return -ERRNO.EINVAL;
      kernel.attributes.set(path, value ? yes : no);
      return 0;
    },
  });
}

/** A file that shows all the words it takes, the one it keeps under `path` in brackets. `stored` is called with a word that was taken. */
export function bracketFile(
  kernel: Kernel, path: string, words: readonly string[], boot: string, stored: (word: string) => void = () => undefined,
): FileNode {
  const word = (): string => kernel.attributes.get(path) ?? boot;
  return storedFile({
    mode: 0o644,
    show: () => `${words.map((each) => (each === word() ? `[${each}]` : each)).join(' ')}\n`,
    store(data) {
      const wanted = lineOf(data);
      if (!words.includes(wanted)) return -ERRNO.EINVAL;
      kernel.attributes.set(path, wanted);
      stored(wanted);
      return 0;
    },
  });
}
