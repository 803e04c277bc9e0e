import type { PageTypeName } from '../kernel/memory/page-type-names.ts';
import type { Process } from '../kernel/memory/processes.ts';
import { PAGE_TYPE_ALIASES } from './aliases.ts';
import { choice, itself, number, type Value } from './value.ts';
import { isBad, show, splitCommas, unquote, type Bad } from './words.ts';

/** The width of a physical address on x86-64 (52 bits), which bounds page frame numbers as well. */
const PHYS_MAX = 2 ** 52 - 1;
const PFN_MAX = 2 ** 40 - 1;
/** A reference count is a signed int. Source: struct page, include/linux/mm_types.h. */
const REFS_MAX = 2 ** 31 - 1;
/** Source: PID_MAX_LIMIT, include/linux/threads.h. */
const PID_MAX = 4_194_304;
/** A comm holds that many bytes; TASK_COMM_LEN counts the NUL. Source: include/linux/sched.h. */
const COMM_BYTES = 15;

export const pfn = number('pfn', 'P', { min: 0, max: PFN_MAX, address: true });
export const phys = number('phys', 'A', { min: 0, max: PHYS_MAX, address: true });
export const refs = number('refs', 'N', { min: 0, max: REFS_MAX });
export const pid = number('pid', 'N', { min: 1, max: PID_MAX });

/** One of these page types, by its name or an alias. `otherwise` is what a word is told that is none of them nor near one. */
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

/** `COMM:PID`. A comm may itself contain colons: the last one counts. `noun` is what messages call it, `more` what else it could be. */
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

/** The rest of the line. It is not taken apart, so nothing in it can be wrong. */
export const freeText: Value<string> = { shows: 'TEXT', parse: (text) => text };

/** A key that stands by itself. */
export const flag: Value<true> = { shows: '', flag: true, parse: () => true };
