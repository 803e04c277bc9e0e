import { existsSync, readFileSync } from 'node:fs';
import { brotliDecompressSync } from 'node:zlib';
import { PROFILE_NAMES, type ProfileName } from '../../src/kernel/profiles/names.ts';

/** The text of a recording. Large ones of kernels other than 7.3 are compressed: NAME.br. */
export function recording(name: string): string {
  const plain = new URL(`../recordings/${name}`, import.meta.url);
  return existsSync(plain) ? readFileSync(plain, 'utf8') : brotliDecompressSync(readFileSync(new URL(`${plain.href}.br`))).toString('utf8');
}

/** The emulated kernels of distributions. v4 is a kernel of this project's, of which few recordings exist. */
export type RecordedKernel = Exclude<ProfileName, 'v4'>;

/**
 * The kernels that have a recording of this name, such as `machine.KERNEL.txt`, the newest first. It follows from the profiles and the files: a new
 * kernel needs no entry here.
 */
export function kernelsWith(name: string): RecordedKernel[] {
  const isThere = (file: string): boolean => existsSync(new URL(`../recordings/${file}`, import.meta.url));
  return PROFILE_NAMES.filter((profile): profile is RecordedKernel => profile !== 'v4')
    .filter((profile) => ['', '.br'].some((ending) => isThere(`${name.replace('KERNEL', profile)}${ending}`)));
}

/** Numbers of the kernels whose recordings were counted. */
export type Counts<Count = number> = Readonly<Partial<Record<RecordedKernel, Count>>>;

/** What was counted once in a recording of a kernel, so that nothing of it is lost unnoticed; of a kernel without an entry, what is counted now. */
export function known<Count>(counts: Counts<Count>, kernel: RecordedKernel, now: Count): Count {
  return counts[kernel] ?? now;
}

/** One injection with the answer of a real kernel. The format is that of memory-failure-cases.c. */
export interface RecordedCase {
  readonly name: string;
  readonly line: number;
  readonly how: 'hard' | 'corrupt' | 'madv' | 'soft' | 'madvsoft' | 'unpoison';
  readonly pfn: number;
  /** The word of /proc/kpageflags before and after. Undefined beyond memory. */
  readonly before: bigint | undefined;
  readonly after: bigint | undefined;
  /** Of /proc/kpagecount. */
  readonly mapcount: number;
  /** 0 or the negative errno of the write. */
  readonly result: number;
  /** The result of the owner's access after it. */
  readonly access: 'ok' | 'SIGBUS' | undefined;
  /** `level,text` of each record. */
  readonly lines: readonly string[];
  readonly stats: Readonly<Record<string, number>>;
}

const STATS = ['total', 'ignored', 'failed', 'delayed', 'recovered', 'corruptedKb'];

/** The cases of a memory-failure recording that have a result. Some test programs died of the signal before they could print. */
export function recordedCases(text: string): RecordedCase[] {
  const lines = text.split('\n');
  const starts = lines.flatMap((line, index) => (line.startsWith('CASE ') ? [index] : []));
  return starts.flatMap((start, n) => {
    const block = lines.slice(start, starts[n + 1] ?? lines.length);
    const find = (pattern: RegExp): RegExpExecArray | undefined => block.map((line) => pattern.exec(line)).find((match) => match !== null);
    const flags = (label: string): RegExpExecArray | undefined =>
      find(new RegExp(`^ {2}${label} pfn=0x([0-9a-f]+) kpageflags=0x([0-9a-f]+) count=(-?\\d+)`));
    const before = flags('before');
    const inject = find(/^ {2}inject (\w+) ret=(-?\d+) errno=(\d+)/);
    // Kernels before 6.3 have only the last.
    const stats = find(/^ {2}stats total=(\d*) ignored=(\d*) failed=(\d*) delayed=(\d*) recovered=(\d*) HardwareCorrupted: +(\d+) kB/);
    if (!before || !inject || !stats) return [];
    const word = (match: RegExpExecArray | undefined): bigint | undefined =>
      match && match[2] !== 'f'.repeat(16) ? BigInt(`0x${match[2]}`) : undefined;
    const kmsg = block.flatMap((line) => {
      const match = /^ {2}kmsg (\d+),\d+,\d+,- \| (.*)$/.exec(line);
      return match ? [`${match[1]},${match[2]}`] : [];
    });
    return [
      {
        name: (lines[start] ?? '').slice('CASE '.length),
        line: start + 1,
        how: inject[1] as RecordedCase['how'],
        pfn: Number.parseInt(before[1] ?? '', 16),
        before: word(before),
        after: word(flags('after')),
        mapcount: Number(before[3]),
        result: 0 - Number(inject[3]),
        access: find(/^ {2}access (ok|SIGBUS)/)?.[1] as RecordedCase['access'],
        lines: kmsg,
        stats: Object.fromEntries(STATS.flatMap((name, n) => (stats[n + 1] === '' ? [] : [[name, Number(stats[n + 1])]]))),
      },
    ];
  });
}

/** The lines below `== TITLE` of a recording. */
export function section(name: string, title: string): string[] {
  const lines = recording(name).split('\n');
  const start = lines.indexOf(`== ${title}`) + 1;
  if (start === 0) throw new Error(`${name} has no section '${title}'`);
  const length = lines.slice(start).findIndex((line) => line.startsWith('== '));
  return lines.slice(start, length < 0 ? undefined : start + length);
}
