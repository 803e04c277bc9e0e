import { describe, expect, it } from 'vitest';
import { layOutMemory } from '../../src/kernel/memory/layout.ts';
import { PG } from '../../src/abi/page-flags.ts';
import { PhysicalMemory } from '../../src/kernel/memory/physical-memory.ts';
import { LEAST_MEMORY } from '../../src/kernel/memory/frames.ts';
import { seededRandom } from '../../src/kernel/random.ts';

const PROCESSES = [{ comm: 'many', pid: 500 }, { comm: 'few', pid: 501 }];

/** The CPU time of some work, in milliseconds. Other processes of a busy machine do not add to it. */
function time(work: () => void): number {
  const begun = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(begun);
  return (user + system) / 1000;
}

/** Memory with a number of pages that were defined one by one, no two neighbours equal, and a few pages of another process. */
function defined(pages: number): PhysicalMemory {
  const memory = new PhysicalMemory(layOutMemory({ memoryBytes: 2 ** 32, processes: PROCESSES }));
  for (let n = 0; n < pages; n += 1) memory.define(0x100000 + 2 * n, 0x100000 + 2 * n, 'anon', { mappers: [PROCESSES[0] as (typeof PROCESSES)[0]] });
  for (let n = 0; n < 10; n += 1) memory.define(0x100001 + 2 * n, 0x100001 + 2 * n, 'anon', { mappers: [PROCESSES[1] as (typeof PROCESSES)[0]] });
  return memory;
}

describe('the end of a process', () => {
  it('costs what its pages cost, not those of others', () => {
    const memory = defined(40_000);
    const few = time(() => { memory.unmapProcess(501); });
    const many = time(() => { memory.unmapProcess(500); });
    // 10 pages and 40,000. A search through all extents takes much longer for the second.
    expect(few).toBeLessThan(many / 20);
    expect(memory.spans.filter(({ shape }) => shape.mappers?.some(({ pid }) => pid >= 500))).toEqual([]);
  });

  it('costs about as much for each of its pages, however many they are', () => {
    const cost = (pages: number): number => {
      const memory = defined(pages);
      return time(() => { memory.unmapProcess(500); }) / pages;
    };
    cost(2000);
    expect(cost(64_000)).toBeLessThan(6 * cost(4000));
  });
});

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

  it('costs about as much after 300,000 others as at first', () => {
    const memory = new PhysicalMemory(layOutMemory({ memoryBytes: 2 ** 32 }));
    const random = seededRandom(1);
    poison(memory, random, 20_000);
    const first = time(() => { poison(memory, random, 20_000); });
    poison(memory, random, 300_000);
    const late = time(() => { poison(memory, random, 20_000); });
    console.log(`20,000 injections: ${first.toFixed(0)} ms at first, ${late.toFixed(0)} ms later`);
    // A walk over all chunks of the free frames takes five times as long.
    expect(late).toBeLessThan(3 * first);
  });

  it('costs as much when few pages are left, and when none is, as at first', () => {
    const memory = new PhysicalMemory(layOutMemory({ memoryBytes: LEAST_MEMORY }));
    const random = seededRandom(1);
    poison(memory, random, 500);
    const first = time(() => { poison(memory, random, 1000); });
    // LEAST_MEMORY has 32,768 pages. All that can be slab becomes so.
    const all = poison(memory, random, LEAST_MEMORY / 4096);
    expect(all).toBeLessThan(LEAST_MEMORY / 4096);
    const none = time(() => { expect(poison(memory, random, 1000)).toBe(0); });
    expect(none).toBeLessThan(10 * first);
    expect(memory.pick('thp', random)).toBeUndefined();
    const huge = time(() => { for (let n = 0; n < 1000; n += 1) memory.pick('thp', random); });
    expect(huge).toBeLessThan(10 * first);
  });
});
