import { describe, expect, it } from 'vitest';
import { ERRNO } from '../../src/abi/errno.ts';
import { ACTION_PAGE_TYPES } from '../../src/kernel/memory-failure/action-page-types.ts';
import { PAGE_TYPE_NAMES, type PageTypeName } from '../../src/kernel/memory/page-types.ts';
import type { PolicyName } from '../../src/replay/verdict/policy.ts';
import { testMachine } from '../support/machine.ts';

/**
 * The result of an error in a page of a type: the lines after `Memory failure: 0xPFN: `, the errno of the write (0: none), whether it
 * panics.
 */
interface Outcome {
  readonly lines: readonly string[];
  readonly errno: number;
  readonly panics: boolean;
}

function outcome(lines: string[], errno: number, panics = false): Outcome {
  return { lines, errno, panics };
}

const { EBUSY, EHWPOISON, ENXIO } = ERRNO;
const recovered = (type: string): Outcome => outcome([`recovery action for ${type}: Recovered`], 0);
const unhandlable = (type: string, panics = false): Outcome =>
  outcome(['unhandlable page.', `recovery action for ${type}: Ignored`], EBUSY, panics);

/** By DESIGN's table and the recordings. One entry: both profiles give the same. */
const MATRIX: Readonly<Record<PageTypeName, Outcome | Readonly<Record<PolicyName, Outcome>>>> = {
  reserved: unhandlable('reserved kernel page', true),
  slab: { v4: unhandlable('get hwpoison page'), '7.3': unhandlable('reserved kernel page', true) },
  pgtable: { v4: unhandlable('get hwpoison page'), '7.3': unhandlable('reserved kernel page', true) },
  'large-kmalloc': { v4: unhandlable('get hwpoison page'), '7.3': unhandlable('reserved kernel page', true) },
  vmalloc: unhandlable('get hwpoison page'),
  stack: unhandlable('get hwpoison page'),
  'high-order': {
    v4: outcome(['recovery action for high-order kernel page: Ignored'], EBUSY, true),
    '7.3': outcome(['recovery action for high-order kernel page: Ignored'], EBUSY),
  },
  free: recovered('free buddy page'),
  anon: recovered('dirty LRU page'),
  'file-clean': outcome(['corrupted page was clean: dropped without side effects', 'recovery action for clean LRU page: Recovered'], 0),
  'file-dirty': recovered('dirty LRU page'),
  shmem: recovered('dirty LRU page'),
  'mlocked-clean': recovered('clean mlocked LRU page'),
  'mlocked-dirty': recovered('dirty mlocked LRU page'),
  'unevictable-clean': recovered('clean unevictable LRU page'),
  'unevictable-dirty': outcome(
    [
      'Failed to invalidate',
      'dirty unevictable LRU page still referenced by 1 users',
      'recovery action for dirty unevictable LRU page: Failed',
    ],
    EBUSY,
  ),
  'swapcache-clean': outcome(['keeping poisoned page in swap cache', 'recovery action for clean swapcache page: Recovered'], 0),
  'swapcache-dirty': outcome(['keeping poisoned page in swap cache', 'recovery action for dirty swapcache page: Delayed'], 0),
  thp: recovered('dirty LRU page'),
  'unsplit-thp': outcome(['recovery action for unsplit thp: Failed'], EHWPOISON),
  hugetlb: recovered('huge page'),
  'hugetlb-free': recovered('free huge page'),
  dax: recovered('dax page'),
  pfnmap: outcome(['recovery action for non struct page pfn: Ignored'], EBUSY),
  zero: unhandlable('reserved kernel page', true),
  truncated: outcome(['recovery action for already truncated LRU page: Ignored'], EBUSY),
  'unmap-failed': outcome(['failed to unmap page (folio mapcount=1)', 'recovery action for unmapping failed page: Failed'], EBUSY),
  unknown: {
    v4: outcome(['Unknown page state', 'recovery action for unknown page: Ignored'], EBUSY, true),
    '7.3': outcome(['Unknown page state', 'recovery action for unknown page: Ignored'], EBUSY),
  },
  poisoned: outcome(['recovery action for already poisoned page: Failed'], EHWPOISON),
  offline: outcome(['memory outside kernel control'], ENXIO),
};

function expected(type: PageTypeName, profile: PolicyName): Outcome {
  const entry = MATRIX[type];
  return 'lines' in entry ? entry : entry[profile];
}

const failureLines = (lines: readonly string[]): string[] =>
  lines.flatMap((line) => /^\d,Memory failure: 0x[0-9a-f]+: (.*)$/.exec(line)?.[1] ?? []);

describe.each(['v4', '7.3'] as const)('an error in a page under profile %s', (profile) => {
  it.each(PAGE_TYPE_NAMES)('%s: the lines, the errno, and no panic with the sysctl at 0', (type) => {
    const { write, lines, machine } = testMachine({ profile });
    const { lines: want, errno } = expected(type, profile);
    const result = write('/control', `inject type=${type}\n`);
    expect(result < 0 ? -result : 0).toBe(errno);
    expect(failureLines(lines())).toEqual(want);
    expect(machine.kernel.death).toBeUndefined();
  });

  it.each(PAGE_TYPE_NAMES)('%s: panics or not with the sysctl at 1, after the same lines', (type) => {
    const { write, lines, machine } = testMachine({ profile });
    write('/proc/sys/vm/panic_on_unrecoverable_memory_failure', '1');
    const { lines: want, errno, panics } = expected(type, profile);
    const result = write('/control', `inject type=${type}\n`);
    const printed = lines();
    expect(failureLines(printed)).toEqual(want);
    expect(machine.kernel.death !== undefined).toBe(panics);
    expect(result < 0 ? -result : 0).toBe(panics ? ERRNO.EIO : errno);
    const panic = printed.filter((line) => /^0,Kernel panic - not syncing: Memory failure: 0x[0-9a-f]+: unrecoverable page$/.test(line));
    expect(panic).toHaveLength(panics ? 1 : 0);
  });

  it('every type the handler can name is reached by a page type, or by one of them mapped', () => {
    const named = new Set<string>();
    for (const type of PAGE_TYPE_NAMES) {
      const { write, lines } = testMachine({ profile });
      write('/control', `inject type=${type}\n`);
      for (const line of lines()) {
        const name = /recovery action for (.*): \w+$/.exec(line)?.[1];
        if (name !== undefined) named.add(name);
      }
    }
    expect(Object.values(ACTION_PAGE_TYPES).filter((name) => !named.has(name))).toEqual([]);
  });
});

describe('races', () => {
  const GET_HWPOISON = 'recovery action for get hwpoison page: Ignored';
  it.each([
    ['isolated', 'anon', ['unhandlable page.', GET_HWPOISON]],
    ['grabbed', 'anon', ['Unknown page state', 'recovery action for unknown page: Ignored']],
    ['grabbed', 'mlocked-clean', ['recovery action for clean mlocked LRU page: Recovered']],
    ['allocated', 'free', ['recovery action for high-order kernel page: Ignored']],
    ['taken', 'free', ['recovery action for dirty LRU page: Recovered']],
    ['busy', 'anon', [GET_HWPOISON]],
    ['freed', 'anon', ['recovery action for free buddy page: Recovered']],
    ['truncated', 'file-dirty', ['recovery action for already truncated LRU page: Ignored']],
  ])('race=%s on a page of type %s', (race, type, want) => {
    const { write, lines } = testMachine();
    write('/control', `inject type=${type} race=${race}\n`);
    expect(failureLines(lines())).toEqual(want);
  });

  it('shows the false positive of v4: a free page allocated at the wrong moment panics, and not under 7.3', () => {
    for (const [profile, dies] of [
      ['v4', true],
      ['7.3', false],
    ] as const) {
      const { write, machine } = testMachine({ profile });
      write('/proc/sys/vm/panic_on_unrecoverable_memory_failure', '1');
      write('/control', 'inject type=free race=allocated\n');
      expect(machine.kernel.death !== undefined).toBe(dies);
    }
  });
});
