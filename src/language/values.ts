import type { ErrnoName } from '../abi/errno.ts';
import type { LogLevelName } from '../abi/log-level.ts';
import { hex } from '../abi/printable.ts';
import type { PageTypeName } from '../kernel/memory/page-types.ts';
import type { Process } from '../kernel/memory/processes.ts';
import { type Bad, didYouMean, isBad, list, show, splitCommas, unknownWord, unquote } from './words.ts';

/** A kind of value: how the synopsis shows it, and how a text is parsed. */
export interface Value<V> {
  readonly shows: string;
  /** `text` is what follows the `=`, without quotes and never empty. `raw` is the same with its quotes, for values of several parts. */
  readonly parse: (text: string, raw: string) => V | Bad;
  /** The words it can be, if it is one of a few. */
  readonly names?: ReadonlySet<string>;
  /** The key alone is the value. */
  readonly flag?: true;
}

/** A number: `parse` does not need `raw`. */
export interface NumberValue extends Value<number> {
  readonly parse: (text: string) => number | Bad;
}

/** The range of a number, both ends included. */
interface Numbers {
  readonly min: number;
  readonly max: number;
  /** The kernel prints it in hex, so a bare `1d805` is an address without its 0x. */
  readonly address?: true;
}

/** A number, decimal or 0x hex. `noun` is what messages call it. */
export function number(noun: string, shows: string, { min, max, address }: Numbers): NumberValue {
  const written = (value: number): string => (address ? hex(value) : String(value));
  return {
    shows,
    parse(text) {
      const value = /^(?:\d+|0x[\da-f]+)$/i.test(text) ? Number(text) : NaN;
      if (value >= min && value <= max) return value;
      if (address && /^[\da-f]+$/i.test(text) && parseInt(text, 16) <= max) {
        return { bad: `bad ${noun} ${show(text)}, ${didYouMean(`0x${text}`)}` };
      }
      return { bad: `bad ${noun} ${show(text)}, it is a number from ${written(min)} to ${written(max)}, decimal or 0x hex` };
    },
  };
}

/** One of a few words. `otherwise` ends the message about a word that is not near any of them. */
export function choice<V extends string | number>(noun: string, shows: string, words: Iterable<readonly [string, V]>, otherwise?: string): Value<V> {
  const table = new Map(words);
  const names = new Set(table.keys());
  return {
    shows,
    names,
    parse(text) {
      return table.get(text) ?? { bad: unknownWord(noun, text, names, otherwise ?? `it is ${list([...names], 'or')}`) };
    },
  };
}

/** The keys of a literal table. */
export function keysOf<K extends string>(table: Readonly<Record<K, unknown>>): readonly K[] {
  return Object.keys(table) as K[];
}

/** Words that mean themselves, for choice(). */
export function itself<N extends string>(names: readonly N[]): readonly (readonly [N, N])[] {
  return names.map((name) => [name, name]);
}

/** A value of `words`, or the number of one. */
export function orNumber<V>(words: Value<V>, ofNumber: (value: number) => V | undefined): Value<V> {
  return { ...words, parse: (text, raw) => (/^\d+$/.test(text) ? ofNumber(Number(text)) : undefined) ?? words.parse(text, raw) };
}

/** Other names of page types. A name for both a clean and a dirty type means the dirty one, which loses data; `file` means the clean one. */
export const PAGE_TYPE_ALIASES = {
  mlocked: 'mlocked-dirty', unevictable: 'unevictable-dirty', swapcache: 'swapcache-dirty', file: 'file-clean',
  anonymous: 'anon', buddy: 'free', hwpoison: 'poisoned', 'huge-page': 'hugetlb', 'kernel-stack': 'stack', 'page-table': 'pgtable',
  tmpfs: 'shmem', 'zero-page': 'zero',
} as const satisfies Readonly<Record<string, PageTypeName>>;

/** Other names of log levels: those of syslog(3) and of journald. */
export const LOG_LEVEL_ALIASES = {
  panic: 'emerg', error: 'err', warning: 'warn', critical: 'crit',
} as const satisfies Readonly<Record<string, LogLevelName>>;

/** Errnos with two names. Source: include/uapi/asm-generic/errno.h; ENOTSUP is glibc's. */
export const ERRNO_ALIASES = {
  EWOULDBLOCK: 'EAGAIN', EDEADLOCK: 'EDEADLK', ENOTSUP: 'EOPNOTSUPP',
} as const satisfies Readonly<Record<string, ErrnoName>>;

/** A physical address of x86-64 has 52 bits, so a page frame number has 40. */
const PHYS_MAX = 2 ** 52 - 1;
const PFN_MAX = 2 ** 40 - 1;
/** A reference count is a signed int. Source: struct page, include/linux/mm_types.h. */
const REFS_MAX = 2 ** 31 - 1;
/** Source: PID_MAX_LIMIT, include/linux/threads.h. */
const PID_MAX = 4_194_304;
/** The longest comm, in bytes. TASK_COMM_LEN is 16, with the NUL. Source: include/linux/sched.h. */
const COMM_BYTES = 15;

export const pfn = number('pfn', 'P', { min: 0, max: PFN_MAX, address: true });
export const phys = number('phys', 'A', { min: 0, max: PHYS_MAX, address: true });
export const refs = number('refs', 'N', { min: 0, max: REFS_MAX });
export const pid = number('pid', 'N', { min: 1, max: PID_MAX });

/** One of these page types, by its name or an alias. `otherwise` ends the message about a word that is not near any of them. */
export function pageTypeOf(types: readonly PageTypeName[], otherwise: string): Value<PageTypeName> {
  const aliases = Object.entries(PAGE_TYPE_ALIASES).filter(([, type]) => types.includes(type));
  return choice<PageTypeName>('page type', 'T', [...itself(types), ...aliases], otherwise);
}

/** `P` or `P-Q`, both ends included. */
export const pfnRange: Value<{ readonly first: number; readonly last: number }> = {
  shows: 'P[-Q]',
  parse(text) {
    const dash = text.indexOf('-');
    const first = pfn.parse(dash === -1 ? text : text.slice(0, dash));
    if (isBad(first)) return first;
    const last = dash === -1 ? first : pfn.parse(text.slice(dash + 1));
    if (isBad(last)) return last;
    return last < first ? { bad: `bad pfn ${show(text)}, the range ends before it begins` } : { first, last };
  },
};

/** The name of a task. */
export const comm = {
  shows: 'C',
  parse(text: string): string | Bad {
    const bytes = new TextEncoder().encode(text).length;
    return bytes > COMM_BYTES ? { bad: `bad comm ${show(text)}, it is longer than ${COMM_BYTES} bytes` } : text;
  },
} satisfies Value<string>;

/** `COMM:PID`. A comm may contain colons: the last one counts. `noun` is its name in messages, `more` what else the value could be. */
function processCalled(noun: string, more = ''): { readonly shows: string; readonly parse: (text: string) => Process | Bad } {
  return {
    shows: 'COMM:PID',
    parse(text) {
      const colon = text.lastIndexOf(':');
      if (colon < 1) return { bad: `bad ${noun} ${show(text)}, it is COMM:PID${more}` };
      const name = comm.parse(text.slice(0, colon));
      if (isBad(name)) return name;
      const id = pid.parse(text.slice(colon + 1));
      return isBad(id) ? id : { comm: name, pid: id };
    },
  };
}

export const task: Value<Process> = processCalled('process');

const mappedBy = processCalled('mapped', ', more of them after commas, or none');

/** `COMM:PID,COMM:PID…`, or `none`. Quotes keep a comma or a blank in a comm. */
export const mapped: Value<readonly Process[]> = {
  shows: 'COMM:PID,…',
  parse(text, raw) {
    if (text === 'none') return [];
    const all: Process[] = [];
    for (const part of splitCommas(raw)) {
      const one = mappedBy.parse(unquote(part));
      if (isBad(one)) return one;
      all.push(one);
    }
    return all;
  },
};

/** The rest of the line. Any text is right. */
export const freeText: Value<string> = { shows: 'TEXT', parse: (text) => text };

/** A key that stands by itself. */
export const flag: Value<true> = { shows: '', flag: true, parse: () => true };

/** Bytes by unit letter, as mem= of the kernel and files such as node0/reclaim take them. Source: memparse() (lib/cmdline.c). */
export const SIZE_UNITS = { '': 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3, T: 1024 ** 4 } as const;

/** `32G` in bytes: decimal digits, then at most one of K, M, G, T in either case. Undefined: the text is not a size. */
export function parseSize(text: string): number | undefined {
  const [, digits, unit = ''] = /^([0-9]+)([KMGT]?)$/.exec(text.toUpperCase()) ?? [];
  if (digits === undefined) return undefined;
  const bytes = Number(digits) * SIZE_UNITS[unit as keyof typeof SIZE_UNITS];
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** 1073741824 bytes as `1G`: in the largest unit that divides them. */
export function writeSize(bytes: number): string {
  const [unit = '', factor = 1] = Object.entries(SIZE_UNITS).findLast(([, factor]) => bytes % factor === 0) ?? [];
  return `${bytes / factor}${unit}`;
}
