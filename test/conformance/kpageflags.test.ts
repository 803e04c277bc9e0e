import { describe, expect, it } from 'vitest';
import type { KpageflagsStyle } from '../../src/abi/page-flags.ts';
import { layOutMemory } from '../../src/kernel/memory/layout.ts';
import { readKpagecount, readKpageflags } from '../../src/kernel/memory/kpage.ts';
import { PhysicalMemory } from '../../src/kernel/memory/physical-memory.ts';
import { PROFILES } from '../../src/kernel/profiles/profiles.ts';
import { kernelsWith, type RecordedKernel, section } from '../support/recording.ts';

/** REFERENCED, LRU of a page on a per-CPU list, ACTIVE, IDLE, MAPPEDTODISK differ between two boots. */
const NOISE = (1n << 2n) | (1n << 5n) | (1n << 6n) | (1n << 25n) | (1n << 34n);
/**
 * Pages that exist only once, or only for a moment, by the kind that they are counted as: the vDSO's data page, and pages of ended programs
 * on per-CPU lists.
 */
const COUNTED_AS = new Map([[0x100000804n, 0x100000000n], [0x100000800n, 0x100000000n], [0x40000500cn, 0x5808n]]);

/** 6.12 takes a counter of slabs on a CPU's list for the mapping of the page: some show ANON and KSM. */
const SLAB = 1n << 7n;
const OF_MAPPING = (1n << 12n) | (1n << 21n);

function recordedHistogram(profile: RecordedKernel): Map<bigint, number> {
  const counts = new Map<bigint, number>();
  for (const line of section(`machine.${profile}.txt`, 'kpageflags histogram')) {
    const [, word, count] = /^0x([0-9a-f]+) +(\d+) first/.exec(line) ?? [];
    if (word === undefined) continue;
    const value = BigInt(`0x${word}`);
    const known = (COUNTED_AS.get(value) ?? value) & ~NOISE;
    const key = known & SLAB ? known & ~OF_MAPPING : known;
    counts.set(key, (counts.get(key) ?? 0) + Number(count));
  }
  return counts;
}

function histogram(memory: PhysicalMemory, style: KpageflagsStyle): Map<bigint, number> {
  const counts = new Map<bigint, number>();
  const words = new BigUint64Array(4096);
  for (let first = 0; first < memory.maxDumpPfn; first += words.length) {
    readKpageflags(memory, first, words, style);
    for (const word of words) counts.set(word & ~NOISE, (counts.get(word & ~NOISE) ?? 0) + 1);
  }
  return counts;
}

describe('/proc/kpageflags', () => {
  it.each(kernelsWith('machine.KERNEL.txt'))('of a machine of 1 GiB has each value about as often as on the recorded machine, and no other: %s', (name) => {
    const profile = PROFILES[name];
    const memory = new PhysicalMemory(layOutMemory({ memoryBytes: 2 ** 30 }, profile));
    expect(memory.maxDumpPfn).toBe(262_144);
    const recorded = recordedHistogram(name);
    const ours = histogram(memory, profile.kpageflags);
    expect([...ours.keys()].sort()).toEqual([...recorded.keys()].sort());
    const differences = [...recorded].filter(([word, count]) => Math.abs(count - (ours.get(word) ?? 0)) > 1);
    expect(differences.map(([word, count]) => `0x${word.toString(16)}: ${ours.get(word)}, recorded ${count}`)).toEqual([]);
  });

  it('agrees with itself whatever is asked for at once', () => {
    const memory = new PhysicalMemory(layOutMemory({ memoryBytes: 2 ** 30 }));
    memory.define(0x20000, 0x203ff, 'thp');
    memory.define(0x20500, 0x20507, 'slab', { order: 3 });
    for (const read of [readKpageflags, readKpagecount]) {
      const all = new BigUint64Array(0x40000);
      read(memory, 0, all);
      for (const first of [0, 1, 0x1fff, 0x20001, 0x201ff, 0x20503, 0x3ffff]) {
        const some = new BigUint64Array(Math.min(777, 0x40000 - first));
        read(memory, first, some);
        expect(some).toEqual(all.slice(first, first + some.length));
      }
    }
  });
});
