import { describe, expect, it } from 'vitest';
import { layOutMemory } from '../../src/kernel/memory/layout.ts';
import { PG } from '../../src/abi/page-flags.ts';
import { Counts } from '../../src/kernel/memory/counts.ts';
import { FrameSet } from '../../src/kernel/memory/frame-set.ts';
import { PhysicalMemory } from '../../src/kernel/memory/physical-memory.ts';
import { LEAST_MEMORY } from '../../src/kernel/memory/frames.ts';
import { seededRandom } from '../../src/kernel/random.ts';

describe('an injection', () => {
  /** Draws a type and poisons what is drawn, `count` times. */
  const poison = (memory: PhysicalMemory, random: ReturnType<typeof seededRandom>, count: number): number => {
    let drawn = 0;
    for (let n = 0; n < count; n += 1) {
      const page = memory.pick('slab', random);
      if (page) drawn += 1;
      if (page) page.flags |= PG.hwpoison;
      memory.forgetUnchanged();
    }
    return drawn;
  };

  it('draws every page there is', () => {
    const memory = new PhysicalMemory(layOutMemory({ memoryBytes: LEAST_MEMORY }));
    const slab = memory.spans.filter(({ type }) => type === 'slab' || type === 'free').reduce((sum, { first, last }) => sum + last - first + 1, 0);
    expect(poison(memory, seededRandom(3), LEAST_MEMORY / 4096)).toBe(slab);
  });

  it('of any page draws the same, whether or not one was drawn after each change before', () => {
    const [often, seldom] = [0, 1].map(() => new PhysicalMemory(layOutMemory({ memoryBytes: LEAST_MEMORY }))) as [PhysicalMemory, PhysicalMemory];
    const frames = LEAST_MEMORY / 4096;
    const change = (memory: PhysicalMemory, random: ReturnType<typeof seededRandom>): void => {
      const pfn = random.integer(frames);
      const page = random.integer(2) === 0 ? memory.page(pfn) : memory.pick('slab', random);
      const what = random.integer(10);
      if (page && what < 7) page.flags ^= PG.hwpoison;
      if (what === 8) memory.define(pfn, pfn + random.integer(50), random.integer(2) === 0 ? 'poisoned' : 'anon');
      memory.forgetUnchanged();
    };
    const draws = (memory: PhysicalMemory, times: number): unknown[] => {
      const random = seededRandom(5);
      const any = Array.from({ length: times }, () => memory.pickAny(random)?.pfn);
      return [...any, memory.pick('poisoned', random)?.pfn];
    };
    const [randomOften, randomSeldom] = [seededRandom(4), seededRandom(4)];
    for (let n = 0; n < 600; n += 1) {
      change(often, randomOften);
      draws(often, 1);
      often.forgetUnchanged();
      change(seldom, randomSeldom);
    }
    expect(draws(seldom, 50)).toEqual(draws(often, 50));
  });
});

describe('a set of frames', () => {
  it('has what a plain set has, after any additions and removals', () => {
    const random = seededRandom(7);
    const frames = new FrameSet();
    const plain = new Set<number>();
    for (let n = 0; n < 4000; n += 1) {
      const first = random.integer(6000);
      const last = first + random.integer(n % 7 === 0 ? 60 : 3);
      const adds = random.integer(100) < 55;
      if (adds) frames.add(first, last);
      else frames.remove(first, last);
      for (let pfn = first; pfn <= last; pfn += 1) if (adds) plain.add(pfn); else plain.delete(pfn);
      expect(frames.pages).toBe(plain.size);
    }
    const sorted = [...plain].sort((a, b) => a - b);
    expect([...frames].flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, at) => first + at))).toEqual(sorted);
    for (let at = 0; at < sorted.length; at += 97) expect(frames.nth(at)).toBe(sorted[at]);
    expect(frames.nth(sorted.length)).toBeUndefined();
    for (const pages of [1, 2, 3, 4, 7, 8, 16]) {
      for (const from of [0, 100, 3001, 5990]) {
        let block = Math.ceil(from / pages) * pages;
        const whole = (): boolean => Array.from({ length: pages }, (_, at) => block + at).every((pfn) => plain.has(pfn));
        while (block < 7000 && !whole()) block += pages;
        expect(frames.room(pages, from)?.first).toBe(block < 7000 ? block : undefined);
      }
    }
  });
});

describe('a set of frames', () => {
  it('has after any additions and removals what a plain set has, in ranges that do not touch', () => {
    const random = seededRandom(7);
    const [frames, plain] = [new FrameSet(), new Set<number>()];
    const FRAMES = 6000;
    for (let step = 0; step < 20_000; step += 1) {
      const first = random.integer(FRAMES);
      const last = Math.min(FRAMES - 1, first + (random.integer(10) === 0 ? random.integer(40) : 0));
      const adds = random.integer(2) === 0;
      if (adds) frames.add(first, last);
      else frames.remove(first, last);
      for (let pfn = first; pfn <= last; pfn += 1) {
        if (adds) plain.add(pfn);
        else plain.delete(pfn);
      }
      expect(frames.pages).toBe(plain.size);
      expect(frames.has(first, last)).toBe(adds);
    }
    const sorted = [...plain].sort((a, b) => a - b);
    expect([...frames].flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, n) => first + n))).toEqual(sorted);
    for (const index of [0, 1, 777, sorted.length - 1]) expect(frames.nth(index)).toBe(sorted[index]);
    expect(frames.nth(sorted.length)).toBeUndefined();
    const ranges = [...frames];
    expect(ranges.filter(({ first }, at) => at > 0 && first <= (ranges[at - 1]?.last ?? 0) + 1)).toEqual([]);
  });
});

describe('counts', () => {
  it('find the count that a position falls into, however many there are and whatever was added', () => {
    const random = seededRandom(11);
    for (const size of [0, 1, 2, 3, 7, 8, 9, 100]) {
      const plain = Array.from({ length: size }, () => random.integer(4));
      const counts = new Counts(plain);
      for (let n = 0; n < 20; n += 1) {
        const places = plain.flatMap((count, index) => Array.from({ length: count }, (_, left) => ({ index, left })));
        expect(places.map((_, position) => counts.find(position))).toEqual(places);
        expect(counts.find(places.length)).toEqual({ index: size, left: 0 });
        if (size === 0) continue;
        const changed = random.integer(size);
        plain[changed] = (plain[changed] ?? 0) + 3;
        counts.add(changed, 3);
      }
    }
  });
});
