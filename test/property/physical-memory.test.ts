import fc from '../support/fast-check.ts';
import { describe, expect, it } from 'vitest';
import { PG } from '../../src/abi/page-flags.ts';
import { layOutMemory } from '../../src/kernel/memory/layout.ts';
import { PAGE_TYPE_NAMES } from '../../src/kernel/memory/page-types.ts';
import { PhysicalMemory } from '../../src/kernel/memory/physical-memory.ts';
import { LEAST_MEMORY, MOST_MEMORY, PAGE_SIZE, PAGES_PER_SECTION } from '../../src/kernel/memory/frames.ts';
import { seededRandom } from '../../src/kernel/random.ts';

const size = fc.oneof(
  fc.integer({ min: LEAST_MEMORY / PAGE_SIZE, max: 2 ** 23 }).map((pages) => pages * PAGE_SIZE),
  fc.integer({ min: 27, max: 46 }).map((bits) => 2 ** bits),
);
const type = fc.constantFrom(...PAGE_TYPE_NAMES);

const memoryOf = (memoryBytes: number): PhysicalMemory => new PhysicalMemory(layOutMemory({ memoryBytes }));

describe('physical memory', () => {
  it('of any size is laid out in order, without overlap, in whole sections, with all of its RAM', () => {
    fc.assert(
      fc.property(size, (bytes) => {
        const { extents, ram, regions } = layOutMemory({ memoryBytes: bytes });
        extents.forEach((extent, n) => {
          expect(extent.last).toBeGreaterThanOrEqual(extent.first);
          const before = extents[n - 1]?.last ?? -1;
          expect(extent.first).toBeGreaterThan(before);
          // All frames of a section have a struct page, or none has.
          if (extent.first !== before + 1) expect([(before + 1) % PAGES_PER_SECTION, extent.first % PAGES_PER_SECTION]).toEqual([0, 0]);
        });
        for (const { first, last } of ram) {
          const inside = extents.filter((extent) => extent.last >= first && extent.first <= last);
          const covered = inside.reduce((sum, extent) => sum + Math.min(extent.last, last) - Math.max(extent.first, first) + 1, 0);
          expect(covered).toBe(last - first + 1);
        }
        // The wanted amount is installed. The kernel does not manage the ACPI tables, nor what lies below 1 MiB and is not RAM.
        const lost = bytes / PAGE_SIZE - ram.reduce((sum, { first, last }) => sum + last - first + 1, 0);
        expect(lost).toBe(0x62 + 0x24);
        regions.forEach(({ start, end, depth }, n) => {
          expect(end).toBeGreaterThanOrEqual(start);
          const parent = regions.slice(0, n).findLast((region) => region.depth === depth - 1);
          if (depth > 0) expect([(parent?.start ?? Infinity) <= start, (parent?.end ?? 0) >= end]).toEqual([true, true]);
          const sibling = regions.slice(0, n).findLast((region) => region.depth <= depth);
          if (sibling?.depth === depth) expect(start).toBeGreaterThan(sibling.end);
        });
      }),
    );
    expect(layOutMemory({ memoryBytes: MOST_MEMORY }).extents.length).toBeLessThan(60);
  });

  it('draws a page of the wanted type that is not poisoned, whatever was defined before', () => {
    fc.assert(
      fc.property(
        size,
        fc.array(fc.tuple(fc.nat(0x1000), fc.nat(0x1000), type), { maxLength: 6 }),
        type,
        fc.integer(),
        (bytes, said, wanted, seed) => {
          const memory = memoryOf(bytes);
          for (const [first, more, what] of said) memory.define(first, first + more, what);
          const random = seededRandom(seed);
          for (let n = 0; n < 5; n += 1) {
            const page = memory.pick(wanted, random);
            expect(page?.type).toBe(wanted);
            if (page && wanted !== 'poisoned') {
              expect(page.flags & PG.hwpoison).toBe(0);
              page.flags |= PG.hwpoison;
            }
          }
        },
      ),
    );
  });

  it('draws what is left of a type to the last page', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 6 }), (seed, pages) => {
        const memory = memoryOf(LEAST_MEMORY);
        memory.define(0x2000, 0x2000 + 2 * pages - 1, 'dax');
        const random = seededRandom(seed);
        const drawn = Array.from({ length: 2 * pages }, () => {
          const page = memory.pick('dax', random);
          if (page) page.flags |= PG.hwpoison;
          return page?.pfn ?? -1;
        });
        expect(drawn.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 2 * pages }, (_, n) => 0x2000 + n));
        // No page of the type is left to draw, so the next one is made from free memory.
        const made = memory.pick('dax', random);
        expect(made?.type).toBe('dax');
        expect(drawn).not.toContain(made?.pfn);
      }),
    );
  });

  it('has no room for a huge page where no free pages lie side by side, and for nothing where none is free', () => {
    const memory = memoryOf(LEAST_MEMORY);
    const random = seededRandom(1);
    memory.define(0, LEAST_MEMORY / PAGE_SIZE, 'slab');
    expect(memory.allocate(1, random)).toBeUndefined();
    expect(memory.allocate(2, random)).toBeUndefined();
    for (let pfn = 0x2000; pfn < 0x3000; pfn += 2) memory.define(pfn, pfn, 'free');
    expect(memory.allocate(2, random)).toBeUndefined();
    expect(memory.allocate(1, random)).toSatisfy((pfn: number) => pfn >= 0x2000 && pfn < 0x3000 && pfn % 2 === 0);
    // A single one is made from the existing ones.
    expect(memory.pick('thp', random)?.type).toBe('thp');
    memory.define(0x2001, 0x2001, 'free');
    expect(memory.allocate(2, random)).toBe(0x2000);
  });

  it('remembers the last definition of a page', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(300), fc.nat(40), type), { minLength: 1, maxLength: 12 }), fc.nat(340), (said, pfn) => {
        const memory = memoryOf(LEAST_MEMORY);
        for (const [first, more, what] of said) memory.define(first, first + more, what);
        const last = said.findLast(([first, more]) => pfn >= first && pfn <= first + more);
        if (last) expect(memory.page(pfn)?.type).toBe(last[2]);
      }),
    );
  });

  it('draws a page of a type evenly over all there are', () => {
    const memory = memoryOf(2 ** 30);
    memory.define(0x8000, 0x8009, 'dax');
    const random = seededRandom(7);
    const drawn = new Map<number, number>();
    for (let n = 0; n < 2000; n += 1) {
      const pfn = memory.pick('dax', random)?.pfn ?? -1;
      drawn.set(pfn, (drawn.get(pfn) ?? 0) + 1);
    }
    expect([...drawn.keys()].sort((a, b) => a - b)).toEqual(Array.from({ length: 10 }, (_, n) => 0x8000 + n));
    // 200 of each are expected. Six standard deviations below and above are 120 and 280.
    for (const count of drawn.values()) expect(Math.abs(count - 200)).toBeLessThan(80);
  });
});
