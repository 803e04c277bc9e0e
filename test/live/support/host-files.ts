import { VM_SYSCTLS } from '../../../src/kernel/sysctl/tables/vm.ts';
import type { CtlTable } from '../../../src/kernel/sysctl/ctl-table.ts';
import { TABLES } from '../../support/sysctl-host.ts';

/** Files of /proc/sys/vm of this machine with their text. Undefined if a file does not exist or cannot be read. */
export type Values = ReadonlyMap<string, string | undefined>;

/** The numbers that may be written to a file of the running kernel; `found` is the value that it had before. */
interface Bounds {
  readonly least: bigint | 'found';
  readonly most: bigint | 'found';
}

/** A file of this machine that is written with care. */
interface Care {
  readonly file: string;
  readonly bounds: Bounds;
  readonly why: string;
}

/** More than any kernel accepts. */
const ANY = 2n ** 70n;

/**
 * Files of which some values would hurt the machine before the old value is restored. Every other file that both the kernel and the
 * emulation have gets any value, and no file is left out. The values for a file of this list have no number beyond its bounds, even if the
 * emulation would refuse that number: the running kernel may accept it (a vendor's kernel accepted 5 and 11 for drop_caches).
 */
export const CARE: readonly Care[] = [
  { file: 'compact_memory', bounds: { least: 0n, most: 0n }, why: '1 compacts all memory: seconds of work, each time' },
  { file: 'drop_caches', bounds: { least: 0n, most: 0n }, why: '1 to 3 drop the caches all other programs live on, and 4 cannot be undone' },
  { file: 'max_map_count', bounds: { least: 'found', most: ANY }, why: 'with less, mmap(2) fails in running programs' },
  { file: 'memfd_noexec', bounds: { least: 0n, most: 1n }, why: 'with 2, memfd_create(2) fails in running programs' },
  { file: 'min_free_kbytes', bounds: { least: 128n, most: 'found' }, why: 'more brings the OOM killer, much less starves the kernel itself' },
  { file: 'mmap_min_addr', bounds: { least: 0n, most: 65536n }, why: 'with much more mmap(2) fails, and stacks cannot grow' },
  { file: 'nr_hugepages', bounds: { least: 0n, most: 4n }, why: 'takes all the memory there is' },
  { file: 'nr_hugepages_mempolicy', bounds: { least: 0n, most: 4n }, why: 'takes all the memory there is' },
  { file: 'overcommit_memory', bounds: { least: 0n, most: 1n }, why: 'with 2, fork(2) and mmap(2) fail where there is little swap' },
  { file: 'panic_on_oom', bounds: { least: 0n, most: 0n }, why: 'with 1 or 2 a lack of memory ends the machine and not a program' },
  { file: 'stat_interval', bounds: { least: 1n, most: 60n }, why: 'the worker that looks while it is large sleeps as long, and nothing wakes it' },
];

/** A number as strtoul(3) with base 0 finds it, from its first digit on, and a minus before it. */
const NUMBER = /(-?)(0x[0-9a-f]+|[0-9]+)/gi;

/** Whether all numbers in a text are within bounds for any reader. */
export function isWithin(text: string, { least, most }: { readonly least: bigint; readonly most: bigint }): boolean {
  return [...text.matchAll(NUMBER)].every(([, minus = '', digits = '']) => {
    const readings = [digits, ...(/^0[0-7]+$/.test(digits) ? [`0o${digits.slice(1)}`] : [])].map((reading) => BigInt(reading));
    return readings.map((value) => (minus ? -value : value)).every((value) => value >= least && value <= most);
  });
}

/** A file that both this machine and the emulation have. */
export interface HostFile {
  readonly entry: CtlTable;
  /** The numbers that may be written to it. Undefined: any. */
  readonly bounds: { readonly least: bigint; readonly most: bigint } | undefined;
  /** The file, and those that change with it, in the order of the table. */
  readonly family: readonly CtlTable[];
}

const readable = (entry: CtlTable): boolean => (entry.mode & 0o400) !== 0;
/** Whether it has a value to read and to write. stat_refresh has none. */
export const keepsValue = (entry: CtlTable): boolean => readable(entry) && entry.boot !== undefined;

/** The files to compare: those that both have, with as many numbers in them. */
export function hostFiles(values: Values): HostFile[] {
  const count = (value: unknown): number => (Array.isArray(value) ? value.length : 1);
  const same = ({ procname, boot }: CtlTable): boolean => count(values.get(procname)?.split('\t')) === count(boot);
  return VM_SYSCTLS.filter((entry) => values.has(entry.procname) && same(entry)).map((entry) => {
    const care = CARE.find(({ file }) => file === entry.procname);
    const found = values.get(entry.procname);
    const limit = (bound: bigint | 'found'): bigint => (bound === 'found' ? BigInt((found ?? '0').trim()) : bound);
    const bounds = care && { least: limit(care.bounds.least), most: limit(care.bounds.most) };
    return { entry, bounds, family: familyOf(entry) };
  });
}

/** The files that a write to this one may change, itself among them, in the order of the table. */
function familyOf(entry: CtlTable): CtlTable[] {
  const names = [entry.name, entry.zeroes?.name, entry.twin];
  return TABLES.filter(({ name }) => names.includes(name));
}

/** The order in which values are restored. A 0 comes first: it may be refused, and then another file's value makes it 0. */
export function restoreOrder(entries: readonly CtlTable[], values: Values): CtlTable[] {
  const zero = ({ procname }: CtlTable): number => (values.get(procname)?.trim() === '0' ? 0 : 1);
  return entries.filter((entry) => keepsValue(entry) && values.has(entry.procname)).sort((a, b) => zero(a) - zero(b));
}
