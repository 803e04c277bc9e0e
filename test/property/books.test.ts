import fc, { runs } from '../support/fast-check.ts';
import { describe, expect, it } from 'vitest';
import { ERRNO } from '../../src/abi/errno.ts';
import { type Census, census } from '../../src/kernel/memory/census.ts';
import { readKpagecount, readKpageflags } from '../../src/kernel/memory/kpage.ts';
import { PAGE_TYPE_NAMES } from '../../src/kernel/memory/page-types.ts';
import { RACES } from '../../src/kernel/memory-failure/injection.ts';
import { testMachine, type TestMachine } from '../support/machine.ts';

/** Frames that lie close together, so that what happens to one page also concerns its neighbours, and a few elsewhere. */
const pfn = fc.oneof({ weight: 3, arbitrary: fc.integer({ min: 0x20000, max: 0x20480 }) }, fc.integer({ min: 0, max: 0x3ffff }));
/** Not DAX: Linux counts an error in device memory each time, whether it was poisoned before or not. */
const type = fc.constantFrom(...PAGE_TYPE_NAMES.filter((name) => name !== 'dax'));
const hex = (n: number): string => `0x${n.toString(16)}`;
const target = fc.oneof(pfn.map((n) => `pfn=${hex(n)}`), type.map((name) => `type=${name}`));
const command = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(target, fc.constantFrom('', ...Object.keys(RACES))).map(([of, race]) => `inject ${of}${race && ` race=${race}`}`) },
  { weight: 2, arbitrary: target.map((of) => `soft-offline ${of}`) },
  { weight: 2, arbitrary: pfn.map((n) => `unpoison pfn=${hex(n)}`) },
  { weight: 3, arbitrary: fc.tuple(pfn, fc.nat(0x300), type, fc.constantFrom('', ' mapped=a:1', ' mapped=a:1,b:2', ' mapped=none', ' refs=2'))
    .map(([first, more, name, rest]) => `page pfn=${hex(first)}-${hex(Math.min(first + more, 0x3ffff))} type=${name}${rest}`) },
  // Poison in memory of the kernel would end the machine, and a reboot would reset what is checked.
  pfn.map((n) => `access pfn=${hex(n)}`),
);
const hugePages = fc.integer({ min: 0, max: 20 });
/** A memory block that goes offline, or returns as one of two zones. */
const block = fc.tuple(fc.integer({ min: 1, max: 7 }), fc.constantFrom('offline', 'online_movable', 'online_kernel'))
  .map(([number, state]) => ({ path: `/sys/devices/system/memory/memory${number}/state`, text: `${state}\n` }));
const step = fc.oneof({ weight: 9, arbitrary: command }, hugePages.map((count) => count));

function play(machine: TestMachine, steps: readonly (string | number | { readonly path: string; readonly text: string })[]): void {
  for (const each of steps) {
    if (typeof each === 'object') machine.write(each.path, each.text);
    else if (typeof each === 'number') machine.write('/proc/sys/vm/nr_hugepages', `${each}\n`);
    else machine.write('/control', `${each}\n`);
  }
}

const bit = (n: number): bigint => 1n << BigInt(n);
const KPF = { dirty: bit(4), lru: bit(5), slab: bit(7), buddy: bit(10), mmap: bit(11), anon: bit(12), swapcache: bit(13), head: bit(15),
  huge: bit(17), unevictable: bit(18), hwpoison: bit(19), thp: bit(22), pgtable: bit(26), mlocked: bit(33) };

/** What /proc/kpageflags and /proc/kpagecount show, counted word by word. */
function countWords(machine: TestMachine): { readonly counts: Partial<Census>; readonly mapped: number; readonly mmap: number } {
  const { memory } = machine.machine.kernel;
  const words = new BigUint64Array(memory.maxDumpPfn);
  const maps = new BigUint64Array(words.length);
  readKpageflags(memory, 0, words);
  readKpagecount(memory, 0, maps);
  const count = (of: (word: bigint) => boolean): number => words.reduce((sum, word) => sum + (of(word) ? 1 : 0), 0);
  const all = (bits: bigint) => (word: bigint) => (word & bits) === bits;
  return {
    counts: {
      free: count(all(KPF.buddy)), slab: count(all(KPF.slab)), pgtable: count(all(KPF.pgtable)), swapcache: count(all(KPF.swapcache)),
      huge: count(all(KPF.huge | KPF.head)), mlocked: count(all(KPF.mlocked)), unevictable: count(all(KPF.unevictable | KPF.lru)),
      anonThp: count(all(KPF.thp | KPF.anon | KPF.mmap)), anon: count((word) => all(KPF.anon | KPF.mmap)(word) && !(word & KPF.huge)),
    },
    mapped: maps.reduce((sum, times) => sum + (times > 0n ? 1 : 0), 0),
    mmap: count(all(KPF.mmap)),
  };
}

describe('the books of a machine to which anything is done', () => {
  it('agree: counters, HardwareCorrupted, meminfo, kpageflags and kpagecount', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), fc.constantFrom('v4' as const, '7.3' as const), (steps, profile) => {
        const machine = testMachine({ profile });
        const { kernel } = machine.machine;
        play(machine, steps);
        if (kernel.death) return;
        const { stats, poisonedPages } = kernel.failures;
        expect(stats.ignored + stats.failed + stats.delayed + stats.recovered).toBe(stats.total);

        const counted = census(kernel.memory);
        expect(counted.hwpoison).toBe(poisonedPages);
        expect(kernel.memory.poisonedBetween(0, Number.MAX_SAFE_INTEGER)).toBe(poisonedPages);
        const meminfo = String(machine.read('/proc/meminfo'));
        const amount = (name: string): number => Number(new RegExp(`^${name}: +(\\d+)`, 'm').exec(meminfo)?.[1]);
        expect(amount('HardwareCorrupted')).toBe(poisonedPages * 4);

        const { counts, mapped, mmap } = countWords(machine);
        expect(counted).toMatchObject(counts);
        expect(mapped).toBe(mmap);
        expect(amount('MemFree')).toBe((counts.free ?? 0) * 4);
        // Large kmalloc() pages are slab in meminfo. kpageflags shows them like others.
        expect(amount('Slab')).toBe(((counts.slab ?? 0) + counted.largeKmalloc) * 4);
        expect(amount('HugePages_Total')).toBe(counts.huge);
        expect(amount('HugePages_Total') - amount('HugePages_Surp')).toBeLessThanOrEqual(kernel.int('vm.nr_hugepages'));
      }),
      { numRuns: runs(60) },
    );
  });

  it('agree on free memory: zoneinfo, buddyinfo, pagetypeinfo, meminfo, vmstat, node0, and free pages of kpageflags', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof({ weight: 6, arbitrary: step }, { weight: 1, arbitrary: block }), { maxLength: 25 }), (steps) => {
        const machine = testMachine();
        play(machine, steps);
        if (machine.machine.kernel.death) return;
        const read = (path: string): string => String(machine.read(path));
        const sum = (text: string, pattern: RegExp): number => [...text.matchAll(pattern)].reduce((all, [, number]) => all + Number(number), 0);
        const blocks = (text: string): number =>
          [...text.matchAll(/^Node +0, zone +\w+(?:, type +\w+)?((?: +\d+){11}) $/gm)]
            .flatMap(([, counts = '']) => counts.trim().split(/ +/).map((count, order) => Number(count) * 2 ** order))
            .reduce((all, pages) => all + pages, 0);
        const [zones, vmstat, meminfo, node] = ['/proc/zoneinfo', '/proc/vmstat', '/proc/meminfo', '/sys/devices/system/node/node0/meminfo'].map(read) as [string, string, string, string];
        const { counts } = countWords(machine);
        const free = counts.free ?? NaN;
        expect(sum(zones, /pages free +(\d+)/g)).toBe(free);
        expect(blocks(read('/proc/buddyinfo'))).toBe(free);
        expect(blocks(read('/proc/pagetypeinfo'))).toBe(free);
        expect(sum(meminfo, /^MemFree: +(\d+)/gm)).toBe(free * 4);
        expect(sum(node, /MemFree: +(\d+)/g)).toBe(free * 4);
        expect(sum(zones, /managed +(\d+)/g) * 4).toBe(sum(meminfo, /^MemTotal: +(\d+)/gm));
        // The counts of the zones add up to those of the node.
        for (const item of ['nr_free_pages', 'nr_free_pages_blocks', 'nr_zone_active_anon', 'nr_zone_inactive_file', 'nr_zone_unevictable', 'nr_mlock', 'numa_hit']) {
          const pattern = new RegExp(`^ *${item} +(\\d+)$`, 'gm');
          expect(`${item} ${sum(zones, pattern)}`).toBe(`${item} ${sum(vmstat, pattern)}`);
        }
        const ofNode = [...zones.slice(0, zones.indexOf('\n  pages free')).matchAll(/^ {6}(\w+) +(\d+)$/gm)];
        expect(ofNode).toHaveLength(69);
        for (const [, name, value] of ofNode) expect(vmstat).toContain(`\n${name} ${value}\n`);
        const slabPages = [...read('/proc/slabinfo').matchAll(/ +(\d+) : tunables.*: slabdata +\d+ +(\d+) /g)]
          .reduce((all, [, pages, slabs]) => all + Number(pages) * Number(slabs), 0);
        expect(slabPages).toBe(counts.slab);
        for (const path of ['/sys/kernel/mm/hugepages/hugepages-2048kB', '/sys/devices/system/node/node0/hugepages/hugepages-2048kB']) {
          expect(Number(read(`${path}/nr_hugepages`))).toBe(counts.huge);
          expect(Number(read(`${path}/free_hugepages`))).toBe(sum(meminfo, /^HugePages_Free: +(\d+)/gm));
        }
      }),
      { numRuns: runs(15) },
    );
  });

  it('keep nothing of pages that were only looked at', () => {
    fc.assert(
      fc.property(fc.array(pfn, { maxLength: 40 }), (pfns) => {
        const machine = testMachine();
        for (const n of pfns) {
          machine.write('/control', `access pfn=${hex(n)}\n`);
          expect(machine.write('/sys/kernel/debug/hwpoison/unpoison-pfn', `${n}\n`)).toBe(-ERRNO.EBUSY);
        }
        expect([...machine.machine.kernel.memory.differing()]).toEqual([]);
      }),
      { numRuns: runs(50) },
    );
  });
});
