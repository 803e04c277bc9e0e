import { describe, expect, it } from 'vitest';
import { replayText } from '../../src/replay/log-replay.ts';
import type { Verdict } from '../../src/replay/verdict/verdict.ts';
import { excerptText } from '../support/excerpts.ts';
import { recording } from '../support/recording.ts';

/**
 * What the two rules decide for a page of each recorded kind: see the tables of page types in README.md and docs/fleet.md. Other compound
 * pages may belong to kmalloc or to a driver.
 */
const TRUTH: Readonly<Record<string, { readonly v4: Verdict; readonly '7.3': Verdict | 'either' }>> = {
  slab: { v4: 'would-not', '7.3': 'would-panic' },
  'slab-tail': { v4: 'would-not', '7.3': 'would-panic' },
  pgtable: { v4: 'would-not', '7.3': 'would-panic' },
  reserved: { v4: 'would-panic', '7.3': 'would-panic' },
  zero: { v4: 'would-panic', '7.3': 'would-panic' },
  buddy: { v4: 'would-not', '7.3': 'would-not' },
  noflags: { v4: 'would-not', '7.3': 'would-not' },
  'compound-head-noLRU': { v4: 'would-not', '7.3': 'either' },
  'tail-noslab': { v4: 'would-not', '7.3': 'either' },
  anon: { v4: 'would-not', '7.3': 'would-not' },
};

/** The kernel, the kind of page, and the line that the kernel printed. */
const CASES = recording('replay/older-kernels.txt').split(/^KERNEL /m).slice(1).flatMap((part) => {
  const [kernel = '', ...cases] = part.split(/\n(?:CASE )?(?=[a-z])/i);
  return cases.filter((text) => text.includes('recovery action')).map((text) => ({ kernel: kernel.trim(), kind: text.split(' ')[0] ?? '', text }));
});

describe('what older kernels printed of pages whose kind is known', () => {
  it('are 5.10 and 6.1, with most kinds each', () => {
    for (const kernel of ['5.10', '6.1']) {
      expect(new Set(CASES.filter((each) => each.kernel.startsWith(kernel)).map(({ kind }) => kind)).size).toBeGreaterThanOrEqual(7);
    }
  });

  for (const seen of ['with', 'without'] as const) {
    it.each(CASES)(`is never judged wrong ${seen} the kernel's version in the log: $kind on $kernel`, ({ kernel, kind, text }) => {
      const { events } = replayText(`${seen === 'with' ? `[    0.000000] Linux version ${kernel} (x)\n` : ''}${text}\n`);
      expect(events).toHaveLength(1);
      const verdict = events[0]?.verdict;
      const truth = TRUTH[kind];
      expect(truth).toBeDefined();
      for (const policy of ['v4', '7.3'] as const) if (truth?.[policy] !== 'either') expect([truth?.[policy], 'undecidable']).toContain(verdict?.[policy]);
    });
  }

  it('is decided where the line tells: reserved and free pages, and user pages of 5.10', () => {
    const decided = CASES.filter(({ kernel }) => kernel.startsWith('5.10')).filter(({ kernel, text }) => {
      const [event] = replayText(`[    0.000000] Linux version ${kernel} (x)\n${text}\n`).events;
      return event?.verdict['7.3'] !== 'undecidable';
    });
    expect([...new Set(decided.map(({ kind }) => kind))].sort()).toEqual(['buddy', 'reserved', 'zero']);
  });
});

/** An excerpt with the verdict of a reader who knows the page. */
const KNOWN = [
  // The dump shows the flag reserved: the huge zero page.
  ['huge-zero-unknown', { v4: 'would-panic', '7.3': 'would-panic' }],
  ['huge-zero-unknown-qp', { v4: 'would-panic', '7.3': 'would-panic' }],
  // Without the flags of a dump it could be any page.
  ['huge-zero-unknown-deep', { v4: 'undecidable', '7.3': 'undecidable' }],
  ['fbk-slab-full', { v4: 'undecidable', '7.3': 'undecidable' }],
  ['einj-user-unknown-5.14', { v4: 'undecidable', '7.3': 'undecidable' }],
  ['pmem-reserved-failed', { v4: 'undecidable', '7.3': 'undecidable' }],
  ['nonlru-2013-nohash', { v4: 'undecidable', '7.3': 'undecidable' }],
  // A 7.0 with the series as posted prints that itself.
  ['panic-0x2', { v4: 'would-panic', '7.3': 'would-panic' }],
  ['thp-6.16rc3', { v4: 'would-not', '7.3': 'would-not' }],
  ['inject-minus1', { v4: 'would-not', '7.3': 'would-not' }],
] as const;

describe('excerpts', () => {
  it.each(KNOWN)('%s is judged %j', (id, verdict) => {
    const { events } = replayText(excerptText(id));
    expect(events[0]?.verdict).toEqual(verdict);
    expect(events[0]?.reason).not.toBe('');
  });
});
