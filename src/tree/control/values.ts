import { ERRNO, errnoName, isErrnoName, type ErrnoName } from '../../abi/errno.ts';
import { LOG_LEVEL, type LogLevel, type LogLevelName } from '../../abi/log-level.ts';
import { PAGE_TYPE_NAMES, type PageTypeName } from '../../kernel/memory/page-type-names.ts';
import { RACES, type Race } from '../../kernel/memory-failure/races.ts';
import { VIAS, type Via } from '../../kernel/memory-failure/via.ts';
import { ERRNO_ALIASES, LOG_LEVEL_ALIASES, PAGE_TYPE_ALIASES } from './aliases.ts';
import type { MappedBy } from './command.ts';
import { choice, itself, keysOf, number, orNumber, type Value } from './value.ts';
import { isBad, list, show, splitCommas, unquote, type Bad } from './words.ts';

/** The width of a physical address on x86-64 (52 bits), which bounds page frame numbers as well. */
const PHYS_MAX = 2 ** 52 - 1;
const PFN_MAX = 2 ** 40 - 1;
const COUNT_MAX = 1_000_000;
const MS_MAX = 1_000_000_000;
/** A reference count is a signed int. Source: struct page, include/linux/mm_types.h. */
const REFS_MAX = 2 ** 31 - 1;
/** Source: PID_MAX_LIMIT, include/linux/threads.h. */
const PID_MAX = 4_194_304;
/** A comm holds that many bytes; TASK_COMM_LEN counts the NUL. Source: include/linux/sched.h. */
const COMM_BYTES = 15;

const MS = { min: 0, max: MS_MAX };

export const pfn = number('pfn', 'P', { min: 0, max: PFN_MAX, address: true });
export const phys = number('phys', 'A', { min: 0, max: PHYS_MAX, address: true });
export const count = number('count', 'N', { min: 1, max: COUNT_MAX });
export const refs = number('refs', 'N', { min: 0, max: REFS_MAX });
export const pid = number('pid', 'N', { min: 1, max: PID_MAX });
export const delayMs = number('ms', 'N', MS);
/** The positional of `wait`. */
export const waitMs = number('MS', 'MS', MS);

export const pageType: Value<PageTypeName> = choice<PageTypeName>('page type', 'T',
  [...itself(PAGE_TYPE_NAMES), ...Object.entries(PAGE_TYPE_ALIASES)], 'reading this file lists them');
export const via: Value<Via> = choice('via', keysOf(VIAS).join('|'), itself(keysOf(VIAS)));
export const race: Value<Race> = choice('race', 'R', itself(keysOf(RACES)));
export const operation = choice('op', 'read|write|open', itself(['read', 'write', 'open'] as const));

const levelNames = keysOf(LOG_LEVEL);
const levelAliases = Object.entries(LOG_LEVEL_ALIASES).map(([alias, name]: [string, LogLevelName]) => [alias, LOG_LEVEL[name]] as const);
export const level: Value<LogLevel> = orNumber<LogLevel>(
  choice<LogLevel>('level', 'L', [...Object.entries(LOG_LEVEL), ...levelAliases], `it is ${list([...levelNames, '0 to 7'], 'or')}`),
  (value) => levelNames.map((name) => LOG_LEVEL[name]).find((known) => known === value),
);

export const errno: Value<ErrnoName> = orNumber<ErrnoName>(
  choice<ErrnoName>('errno', 'E', [...itself(keysOf(ERRNO)), ...Object.entries(ERRNO_ALIASES)], 'it is a name such as EIO, or its number'),
  (value) => {
    const name = errnoName(value);
    return isErrnoName(name) ? name : undefined;
  },
);

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

/** `COMM:PID`. A comm may itself contain colons: the last one counts. */
function mappedBy(part: string): MappedBy | Bad {
  const text = unquote(part);
  const colon = text.lastIndexOf(':');
  if (colon < 1) return { bad: `bad mapped ${show(text)}, it is COMM:PID, more of them after commas, or none` };
  const name = comm.parse(text.slice(0, colon));
  if (isBad(name)) return name;
  const id = pid.parse(text.slice(colon + 1));
  return isBad(id) ? id : { comm: name, pid: id };
}

/** `COMM:PID,COMM:PID…`, or `none`. Quotes keep a comma or a blank in a comm. */
export const mapped: Value<readonly MappedBy[]> = {
  shows: 'COMM:PID,…',
  parse(text, raw) {
    if (text === 'none') return [];
    const all: MappedBy[] = [];
    for (const part of splitCommas(raw)) {
      const one = mappedBy(part);
      if (isBad(one)) return one;
      all.push(one);
    }
    return all;
  },
};

/** A file by its absolute path within the mount; the slash at the front may be left out. */
export const path: Value<string> = {
  shows: 'PATH',
  parse(text) {
    const names = text.split('/').filter((name) => name !== '' && name !== '.');
    if (names.includes('..')) return { bad: `bad path ${show(text)}, it may not contain '..'` };
    return names.length === 0 ? { bad: `bad path ${show(text)}, it is the path of a file below the mount point` } : `/${names.join('/')}`;
  },
};

/** The rest of the line. It is not taken apart, so nothing in it can be wrong. */
export const freeText: Value<string> = { shows: 'TEXT', parse: (text) => text };

/** A key that stands by itself. */
export const flag: Value<true> = { shows: '', flag: true, parse: () => true };
