import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { kpageflags, pageFlagsOf, PG } from '../../src/abi/page-flags.ts';
import type { Kernel } from '../../src/kernel/kernel.ts';
import { access } from '../../src/kernel/memory-failure/access.ts';
import { inject } from '../../src/kernel/ras/inject.ts';
import { softOfflinePage } from '../../src/kernel/memory-failure/soft-offline.ts';
import { unpoisonMemory } from '../../src/kernel/memory-failure/unpoison.ts';
import { mapcount, type Page } from '../../src/kernel/memory/page.ts';
import type { PageTypeName } from '../../src/kernel/memory/page-types.ts';
import type { ProfileName } from '../../src/kernel/profiles/names.ts';
import { testMachine } from '../support/machine.ts';
import { kernelsWith, recordedCases, recording, type RecordedCase } from '../support/recording.ts';

const RECORDINGS: readonly (readonly [string, ProfileName])[] = [
  ...['memory-failure', 'memory-failure-more'].flatMap((name) => kernelsWith(`${name}.KERNEL.txt`).map((kernel) => [`${name}.${kernel}.txt`, kernel] as const)),
  ['memory-failure.v4.txt', 'v4'],
];

/** Bits of /proc/kpageflags that differ between two boots of one kernel: REFERENCED, LRU of a page on a per-CPU list, ACTIVE, IDLE, MAPPEDTODISK. */
const NOISE = (1n << 2n) | (1n << 5n) | (1n << 6n) | (1n << 25n) | (1n << 34n);

/** The name of a page with these flags in a scenario. Only what flags cannot show is read from the name of the case. */
function typeOf(word: bigint, name: string): PageTypeName {
  const flags = pageFlagsOf(word);
  if (flags & PG.zeroPage) return 'zero';
  if (flags & PG.reserved) return 'reserved';
  if (flags & PG.slab) return 'slab';
  if (flags & PG.pgtable) return 'pgtable';
  if (flags & PG.buddy) return 'free';
  if (flags & PG.huge) return word & (1n << 11n) ? 'hugetlb' : 'hugetlb-free';
  if (flags & PG.swapcache) return 'swapcache-clean';
  if (flags & PG.thp) return 'thp';
  if (flags & PG.anon) return 'anon';
  if (flags & PG.swapbacked) return 'shmem';
  if (flags & (PG.head | PG.tail)) return 'large-kmalloc';
  if (name.includes('ramfs')) return 'unevictable-clean';
  return flags & PG.uptodate ? 'file-clean' : 'vmalloc';
}

/** Makes the page what the recording found, unless earlier cases made it that already. */
function prepare(kernel: Kernel, recorded: RecordedCase): void {
  const { pfn, before, name } = recorded;
  if (before === undefined) return;
  const known = kernel.memory.touchedPage(pfn);
  if (known && kpageflags(known.flags, mapcount(known) > 0, kernel.profile.kpageflags) === before) return;
  const type = typeOf(before, name);
  const killing = recorded.lines.map((line) => /(?:to|Killing) (\w+):(\d+) due/.exec(line)).filter((match) => match !== null);
  // KSM maps one page 64 times into one process.
  const sharers = recorded.mapcount > 3 ? 1 : recorded.mapcount;
  const processes = Array.from({ length: sharers }, (_, n) => ({
    comm: killing[n]?.[1] ?? 'mfcases',
    pid: Number(killing[n]?.[2] ?? 100 + n),
  }));
  kernel.memory.define(pfn, pfn, type, {
    mappers: processes,
    earlyKill: /PR_MCE_KILL_EARLY|, early kill|three mappers/.test(name),
    pins: name.includes('pinned') ? 1 : 0,
  });
  const page = kernel.memory.page(pfn) as Page;
  const { tails, anonShowsKsm } = kernel.profile.kpageflags;
  const shown = pageFlagsOf(before) & ~(anonShowsKsm && !/ksm/i.test(name) ? PG.ksm : 0);
  // What the recorded kernel did not show of a tail page is as its type has it.
  const hidden = tails === 'own' && shown & PG.tail ? page.flags : PG.lru | PG.largeKmalloc | PG.unevictable;
  page.flags = shown | (page.flags & hidden);
  // /proc/kpageflags shows the poison of a huge page in all of its pages. Whether a failed migration leaves ACTIVE set is noise, also in
  // its line.
  if (flagsOfFolio(before)) page.flags &= ~PG.hwpoison;
  if (recorded.after !== undefined && recorded.after & (1n << 6n)) page.flags |= PG.active;
  page.pteDirty = type === 'anon' || type === 'thp' || (type === 'hugetlb' && name.includes('pinned')) || (page.flags & PG.dirty) !== 0;
  if (name.includes('shared') && type === 'hugetlb') page.mapping = 'hugetlbfs';
  const address = recorded.lines.map((line) => /fault at ([0-9a-f]+)$/.exec(line)?.[1]).find((each) => each !== undefined);
  if (address !== undefined) page.mappers = page.mappers.map((mapper) => ({ ...mapper, address: BigInt(`0x${address}`) }));
}

function flagsOfFolio(word: bigint): boolean {
  const tailOfHuge = PG.huge | PG.tail | PG.hwpoison;
  return (pageFlagsOf(word) & tailOfHuge) === tailOfHuge;
}

function setUp(kernel: Kernel, name: string): void {
  if (kernel.values.has('vm.enable_soft_offline')) kernel.values.set('vm.enable_soft_offline', [name.includes('disabled by sysctl') ? 0n : 1n]);
  kernel.values.set('vm.memory_failure_early_kill', [name.includes('early kill by sysctl') ? 1n : 0n]);
  const on = name.startsWith('filter mmap');
  Object.assign(kernel.failures.filter, { enable: on ? 1 : 0, flagsMask: on ? 0x800n : 0n, flagsValue: on ? 0x800n : 0n });
}

const WAYS = {
  hard: (kernel: Kernel, pfn: number) => inject(kernel, { pfn, via: 'hard' }),
  corrupt: (kernel: Kernel, pfn: number) => inject(kernel, { pfn, via: 'corrupt' }),
  madv: (kernel: Kernel, pfn: number) => inject(kernel, { pfn, via: 'hard' }),
  soft: softOfflinePage,
  madvsoft: softOfflinePage,
  unpoison: unpoisonMemory,
} as const;

interface Answer {
  result: number;
  lines: string[];
  after: string;
  counted: Record<string, number>;
}

function answer(kernel: Kernel, lines: () => string[], recorded: RecordedCase): Answer {
  setUp(kernel, recorded.name);
  prepare(kernel, recorded);
  lines();
  const before = { ...kernel.failures.stats, corruptedKb: kernel.failures.poisonedPages * 4 };
  const result = WAYS[recorded.how](kernel, recorded.pfn);
  const page = kernel.memory.touchedPage(recorded.pfn);
  const after = page ? kpageflags(page.flags, mapcount(page) > 0, kernel.profile.kpageflags) & ~NOISE : undefined;
  // The memory of the recorded machine was sound, so a page that was not unmapped could be read.
  const readable = recorded.access === 'ok' && page?.mappers.some(({ poisoned }) => !poisoned);
  if (recorded.access !== undefined && !readable) access(kernel, recorded.pfn);
  const now = { ...kernel.failures.stats, corruptedKb: kernel.failures.poisonedPages * 4 };
  return { result, lines: lines(), after: String(after), counted: difference(now, before) };
}

/** The recording in the same form. madvise() prints a line of its own, which belongs to no file. */
function expected(recorded: RecordedCase, previous: Readonly<Record<string, number>>): Answer {
  return {
    result: recorded.result,
    lines: recorded.lines.filter((line) => !/process virtual address/.test(line)),
    after: String(recorded.after === undefined ? undefined : recorded.after & ~NOISE),
    counted: difference(recorded.stats, previous),
  };
}

function difference(now: Readonly<Record<string, number>>, before: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(now).map(([name, value]) => [name, value - (before[name] ?? 0)]));
}

describe.each(RECORDINGS)('%s', (file, profile) => {
  const cases = recordedCases(recording(file));
  it('answers every recorded injection as the kernel did', () => {
    const { machine, lines, clock } = testMachine({ profile });
    const { kernel } = machine;
    const differences: string[] = [];
    let previous: Readonly<Record<string, number>> = {};
    let counted = 0;
    cases.forEach((recorded) => {
      // Longer than any rate limit. The test program paused between its cases too.
      clock.usec += 60_000_000;
      const want = expected(recorded, previous);
      const got = answer(kernel, lines, recorded);
      // Between two cases that follow each other in the file, others ran whose program died before it could print. There is nothing to
      // subtract from.
      const [step, most] = recorded.stats['total'] === undefined
        ? [(recorded.stats['corruptedKb'] ?? 0) - (previous['corruptedKb'] ?? 0), 4] : [recorded.stats['total'] - (previous['total'] ?? 0), 1];
      got.counted = Object.fromEntries(Object.entries(got.counted).filter(([name]) => name in recorded.stats));
      if (step < 0 || step > most) want.counted = got.counted;
      else counted += 1;
      // A program that died took its page with it. What the page looked like afterwards was not read.
      if (recorded.after === undefined && recorded.before !== undefined) want.after = got.after;
      // Whether the page was in the swap cache in the recording is noise. Only the result is compared.
      if (recorded.name.startsWith('swapcache')) {
        const ending = (line: string): boolean => line.includes('recovery action');
        [want.lines, got.lines, want.after] = [want.lines.filter(ending), got.lines.filter(ending), got.after];
      }
      previous = recorded.stats;
      if (!isDeepStrictEqual(got, want))
        differences.push(`line ${recorded.line}, ${recorded.name}:\n  got  ${JSON.stringify(got)}\n  want ${JSON.stringify(want)}`);
    });
    console.info(`${file}: ${cases.length - differences.length} of ${cases.length} identical (counters of ${counted})`);
    expect(differences.join('\n')).toBe('');
    expect(cases.length).toBeGreaterThan(40);
  });
});
