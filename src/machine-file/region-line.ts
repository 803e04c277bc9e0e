import { isSystemRam, type Region, SYSTEM_RAM } from '../kernel/memory/regions.ts';
import { type Bad, show } from '../language/words.ts';

/** Physical addresses of x86-64 have 52 bits. */
const HIGHEST = 2 ** 52 - 1;
const LINE = /^([ \t]*)([\da-f]+)-([\da-f]+) :(?: (.*))?$/is;
const EXAMPLE = "START-END : NAME, in hex, such as '00100000-3fffffff : System RAM'";

/** Whether a line is meant as one of /proc/iomem: it begins with a number, or a range. */
export function isRegionLine(line: string): boolean {
  return /^[ \t]*(?:\d|[\da-f]+-)/i.test(line);
}

/** Parses a line of /proc/iomem, with two blanks of indentation for each level: `  0a200000-0b50680f : Kernel code`. */
export function parseRegionLine(line: string): Region | Bad {
  const [, blanks = '', from = '', to = '', rest = ''] = LINE.exec(line) ?? [];
  if (from === '') return { bad: `bad line of /proc/iomem ${show(line.trim())}, it is ${EXAMPLE}` };
  if (blanks.includes('\t')) return { bad: 'there is a tab in the indentation, it is two blanks a level' };
  if (blanks.length % 2 !== 0) return { bad: `the indentation is ${blanks.length} blanks, it is two a level` };
  const [start, end] = [parseInt(from, 16), parseInt(to, 16)];
  if (!(end <= HIGHEST && start <= HIGHEST)) return { bad: `bad range ${show(`${from}-${to}`)}, physical addresses go to ${HIGHEST.toString(16)}` };
  if (end < start) return { bad: `bad range ${show(`${from}-${to}`)}, it ends before it begins` };
  const name = rest.trimEnd();
  if (/\p{Cc}/u.test(name)) return { bad: `there is a control character in the name ${show(name)}` };
  if (/^system ram/i.test(name) && !isSystemRam(name)) {
    return { bad: `unknown name ${show(name)}, RAM is called '${SYSTEM_RAM}', and comments have lines of their own` };
  }
  return { start, end, name, depth: blanks.length / 2 };
}

/** Writes a region as its line of /proc/iomem, without newline. Source: r_show() (kernel/resource.c). */
export function writeRegionLine({ depth, start, end, name }: Region): string {
  return `${'  '.repeat(depth)}${writeRange({ start, end })} : ${name}`;
}

/** The addresses of a region, as /proc/iomem prints them: `00100000-3fffffff`. */
export function writeRange({ start, end }: Pick<Region, 'start' | 'end'>): string {
  const address = (value: number): string => value.toString(16).padStart(8, '0');
  return `${address(start)}-${address(end)}`;
}
