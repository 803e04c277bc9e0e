// Files below /sys: this file makes attributes, whatever they show; each other file is named after a directory of sysfs or debugfs. The
// folder may import files/proc, language, vfs, kernel and abi. Start with attributeFile() below.
import { ERRNO } from '../../abi/errno.ts';
import { LOG_LEVEL } from '../../abi/log-level.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { kstrtoull } from '../../kernel/kstrtoull.ts';
import { isOlder, type KernelVersion } from '../../kernel/version.ts';
import { directory, type DirectoryNode, type FileNode, shownFile, textFile } from '../../vfs/node.ts';

/** Entries of a directory, if the kernel is not older than the version. */
export function since<Entry>({ profile }: Kernel, version: KernelVersion, entries: Readonly<Record<string, Entry>>): Readonly<Record<string, Entry>> {
  return isOlder(profile.version, version) ? {} : entries;
}

/** Every file of sysfs has the size of a page. A write takes at most one page. */
export const SYSFS_SIZE = 4096;

/** A read-only file with a text, mostly one line. */
export function attributeFile(render: () => string): FileNode {
  return shownFile(render, SYSFS_SIZE);
}

/** A read-only file with a constant line. */
export function constantFile(value: string): FileNode {
  return attributeFile(() => `${value}\n`);
}

interface Stored {
  readonly mode: number;
  readonly show?: () => string;
  /** Takes the bytes of a write, never none: 0 or a negative errno. */
  readonly store: (data: Uint8Array) => number;
}

/** A file that can be written. */
export function storedFile({ mode, show, store }: Stored): FileNode {
  return {
    kind: 'file',
    mode,
    size: SYSFS_SIZE,
    handler: {
      ...(show && textFile(show)),
      write(_file, _position, data) {
        const piece = data.subarray(0, SYSFS_SIZE);
        return piece.length === 0 ? 0 : store(piece) || piece.length;
      },
    },
  };
}

/** The text of a write up to its first NUL, without one newline at the end: what sysfs_streq() compares. */
export function lineOf(data: Uint8Array): string {
  const nul = data.indexOf(0);
  return String.fromCharCode(...data.subarray(0, nul === -1 ? data.length : nul)).replace(/\n$/, '');
}

/** A file that stores one of a few words until the next boot, in `kernel.attributes` under `path`. */
export function choiceFile(kernel: Kernel, path: string, words: readonly string[], initial: string): FileNode {
  return storedFile({
    mode: 0o644,
    show: () => `${kernel.attributes.get(path) ?? initial}\n`,
    store(data) {
      const word = lineOf(data);
      if (!words.includes(word)) return -ERRNO.EINVAL;
      kernel.attributes.set(path, word);
      return 0;
    },
  });
}

/** The directory `power` of a device without runtime power management, or of one that must not sleep. Source: drivers/base/power/sysfs.c. */
export function powerDirectory(kernel: Kernel, device: string, sleep?: 'forbidden'): DirectoryNode {
  const unsupported = (): number => -ERRNO.EIO;
  return directory({
    async: choiceFile(kernel, `${device}/power/async`, ['enabled', 'disabled'], 'disabled'),
    autosuspend_delay_ms: {
      kind: 'file', mode: 0o644, size: SYSFS_SIZE,
      handler: { read: unsupported, write: (_file, _position, data) => (data.length === 0 ? 0 : unsupported()) },
    },
    control: choiceFile(kernel, `${device}/power/control`, ['auto', 'on'], sleep === 'forbidden' ? 'on' : 'auto'),
    runtime_active_kids: constantFile('0'),
    runtime_active_time: constantFile('0'),
    runtime_enabled: constantFile(sleep === 'forbidden' ? 'disabled & forbidden' : 'disabled'),
    runtime_status: constantFile('unsupported'),
    runtime_suspended_time: constantFile('0'),
    runtime_usage: constantFile('0'),
  });
}

const ACTIONS = ['add', 'remove', 'change', 'move', 'online', 'offline', 'bind', 'unbind'];
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?: [0-9A-Za-z]+=[0-9A-Za-z]+)*$/i;

/** The file `uevent`: it shows `variables`, checks the action of a write, and sends nothing. Mirrors kobject_synth_uevent() (lib/kobject_uevent.c). */
export function ueventFile(kernel: Kernel, device: string, named: string, variables = ''): FileNode {
  return storedFile({
    mode: 0o644,
    show: () => variables,
    store(data) {
      const [action = '', ...rest] = lineOf(data).split(' ');
      const known = ACTIONS.includes(action);
      if (known && (rest.length === 0 || UUID.test(rest.join(' ')))) return 0;
      kernel.printk(LOG_LEVEL.warn, `synth uevent: ${device}: ${known ? 'incorrect uevent action arguments' : 'unknown uevent action string'}`);
      kernel.printk(LOG_LEVEL.err, `${named}: uevent: failed to send synthetic uevent: -${ERRNO.EINVAL}`);
      return -ERRNO.EINVAL;
    },
  });
}

export const U32_MAX = 2n ** 32n - 1n;
export const INT_MAX = 2n ** 31n - 1n;

/** What numbers a file takes. */
export interface NumberFormat {
  /** How it is written: decimal, or what its prefix says. */
  readonly base: 0 | 10;
  readonly least?: bigint;
  readonly most: bigint;
  /** The errno of a number that its type cannot hold. EINVAL if the store function drops what kstrto*() returns. */
  readonly overflow: 'EINVAL' | 'ERANGE';
  /** The greatest value of the type, if the file takes less: -EINVAL beyond `most`, `overflow` beyond this. */
  readonly type?: bigint;
}

/** The number that was written, or a negative errno. Mirrors kstrtouint(), kstrtoul() and kstrtoint() (lib/kstrtox.c) in a store function. */
export function numberOf(data: Uint8Array, { base, least = 0n, most, overflow, type = most }: NumberFormat): bigint | number {
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
export function numberFile(kernel: Kernel, path: string, boot: number, numbers: NumberFormat, keeps = (value: bigint): bigint => value): FileNode {
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
      const value = kstrtobool(kernel, lineOf(data));
      if (value === undefined) return -ERRNO.EINVAL;
      kernel.attributes.set(path, value ? yes : no);
      return 0;
    },
  });
}

/**
 * A file that shows all the words it takes, the one it keeps under `path` in brackets. `stored` is called with a word that was taken. `takes` refuses
 * a word that does not fit what else is set.
 */
export function bracketFile(
  kernel: Kernel, path: string, words: readonly string[], boot: string, stored: (word: string) => void = () => undefined,
  takes: (word: string) => boolean = () => true,
): FileNode {
  const word = (): string => kernel.attributes.get(path) ?? boot;
  return storedFile({
    mode: 0o644,
    show: () => `${words.map((each) => (each === word() ? `[${each}]` : each)).join(' ')}\n`,
    store(data) {
      const wanted = lineOf(data);
      if (!words.includes(wanted) || !takes(wanted)) return -ERRNO.EINVAL;
      kernel.attributes.set(path, wanted);
      stored(wanted);
      return 0;
    },
  });
}

/**
 * Whether a text says yes or no by its first letters, on some kernels also by those of `enable` and `disable`; undefined if neither. Mirrors
 * kstrtobool() (lib/kstrtox.c).
 */
export function kstrtobool({ profile }: Kernel, text: string): boolean | undefined {
  if (/^(?:[yt1]|on)/i.test(text)) return true;
  if (/^(?:[nf0]|of)/i.test(text)) return false;
  if (!profile.conversions.enableWords) return undefined;
  return /^e/i.test(text) ? true : /^d/i.test(text) ? false : undefined;
}
