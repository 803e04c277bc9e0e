import { describe, expect, it } from 'vitest';
import type { ReplayEvent } from '../../../src/replay/history/event.ts';
import { replayText } from '../../../src/replay/log-replay.ts';
import { excerptText } from '../../support/excerpts.ts';

const RESULT = (seconds: number, pfn = '0x1', what = 'get hwpoison page: Ignored'): string => `[${seconds.toFixed(6).padStart(12)}] Memory failure: ${pfn}: recovery action for ${what}`;
const LINE = (seconds: number, text: string): string => `[${seconds.toFixed(6).padStart(12)}] ${text}`;

function only(...lines: string[]): ReplayEvent {
  const { events } = replayText(lines.join('\n'));
  expect(events).toHaveLength(1);
  return events[0] as ReplayEvent;
}

describe('what excerpts tell of a failure besides its line', () => {
  it.each<readonly [string, number, Partial<Record<keyof ReplayEvent, unknown>>]>([
    ['fbk-slab-full', 0, { crash: { kind: 'fault', at: 'd_lookup+0x5c/0x220', after: 67.348507, text: 'Internal error: synchronous external abort: 0000000096000410 [#1] SMP', uptime: 88757.847126, source: { file: '-', line: 13 }, time: null } }],
    ['fbk-clear-inode', 1, { crash: { kind: 'fault', after: null, at: null, text: 'Internal error: synchronous external abort: 0000000096000410 [#1] SMP', uptime: null, time: null, source: { file: '-', line: 17 } } }],
    ['panic-0x2', 0, { kernel: '7.0.0-next-20260414-upstream-00004-gcbb3af7bfd3b', crash: { kind: 'unrecoverable-page', text: 'Kernel panic - not syncing: Memory failure: 0x2: unrecoverable page', after: 0.000228, at: null, uptime: 1096.480751, time: null, source: { file: '-', line: 2 } } }],
    ['thp-6.16rc3', 0, { kernel: '6.16.0-rc3-86731a2a651e', injected: true, killed: [{ comm: 'repro', pid: 668 }] }],
    ['hugetlb-1g-4.15', 0, { kernel: '4.15.0-rc8-mm1-abc+', injected: true }],
    ['einj-user-unknown-5.14', 0, { killed: [{ comm: 'einj_mem_uc', pid: 12283 }], crash: null }],
    ['einj-copy-in-kernel', 0, { killed: [{ comm: 'einj_mem_uc', pid: 3600 }, { comm: 'einj_mem_uc', pid: 3599 }] }],
    ['dax-5.3rc5-wrap', 0, { killed: [{ comm: 'read_poison', pid: 14493 }] }],
    ['copy-to-user-early', 0, { killed: [{ comm: 'copy_to_user_te', pid: 3768 }] }],
    ['notes-x86-kill', 0, { killed: [{ comm: 'a.out', pid: 299207 }] }],
    ['virtio-balloon', 0, { revoked: { time: null, uptime: null, source: { file: '-', line: 4 } } }],
    ['euler-4.18-mce', 0, { revoked: { time: null, uptime: 1357.202572, source: { file: '-', line: 19 } }, killed: [{ comm: 'mca-recover', pid: 84546 }] }],
    ['euler-4.18-mce', 1, { killed: [{ comm: 'mca-recover', pid: 84946 }] }],
    ['ftrace-buddy', 0, { trace: true, uptime: 277.019359 }],
  ])('%s, event %i', (id, index, expected) => {
    expect(replayText(excerptText(id)).events[index]).toMatchObject(expected);
  });

  it('is not taken back by an unpoisoning of another page', () => {
    expect(replayText(excerptText('euler-4.18-mce')).events[1]?.revoked).toBeUndefined();
  });
});

describe('a crash', () => {
  const panic = (seconds: number): string => LINE(seconds, 'Kernel panic - not syncing: Fatal exception');

  it('within the window is linked, and one after it is not', () => {
    expect(only(RESULT(10), panic(310)).crash?.after).toBe(300);
    expect(only(RESULT(10), panic(310.1)).crash).toBeNull();
    expect(only(RESULT(10), ...Array.from({ length: 5000 }, (_, n) => LINE(11 + n / 100, 'dull')), panic(70)).crash?.after).toBe(60);
  });

  it('is the fault, not the panic in which it ends', () => {
    const { crash } = only(RESULT(10), LINE(20, 'BUG: unable to handle page fault for address: ff'), LINE(20.1, 'Oops: 0000 [#1] SMP'), LINE(20.2, 'RIP: 0010:shrink_slab+0x1/0x2'), panic(20.3));
    expect(crash).toMatchObject({ kind: 'fault', text: 'BUG: unable to handle page fault for address: ff', at: 'shrink_slab+0x1/0x2', after: 10 });
  });

  it('of another boot, another host, or a program is none', () => {
    expect(only(RESULT(10), LINE(0, 'Linux version 6.1.0 (x)'), panic(20)).crash).toBeNull();
    expect(only(RESULT(100), panic(20)).crash).toBeNull();
    const syslog = (host: string, tag: string, text: string): string => `Nov 23 04:46:01 ${host} ${tag}: ${text}`;
    const result = syslog('db1', 'kernel', RESULT(10).slice(15));
    expect(only(result, syslog('db2', 'kernel', 'Kernel panic - not syncing: x')).crash).toBeNull();
    expect(only(result, syslog('db1', 'nginx[7]', 'Internal error: x')).crash).toBeNull();
    expect(only(result, syslog('db1', 'kernel', 'Kernel panic - not syncing: x')).crash?.after).toBe(0);
  });

  it('without any times is linked when it comes soon', () => {
    const dull = (count: number): string[] => Array.from({ length: count }, () => 'dull');
    const result = RESULT(1).slice(15);
    expect(only(result, ...dull(900), 'Kernel panic - not syncing: x').crash).toMatchObject({ after: null });
    expect(only(result, ...dull(1100), 'Kernel panic - not syncing: x').crash).toBeNull();
  });

  it('has its own length of window when asked', () => {
    const { events } = replayText(`${RESULT(10)}\n${panic(20)}\n`, { crashWindow: 9 });
    expect(events[0]?.crash).toBeNull();
  });
});

describe('the kernel of a failure', () => {
  it('is the last one that booted, on each host', () => {
    const syslog = (host: string, text: string): string => `Nov 23 04:46:01 ${host} kernel: ${text}`;
    const { events } = replayText([
      syslog('db1', 'Linux version 6.1.0-1 (x)'), syslog('db2', 'Linux version 7.3-amd64 (x)'), syslog('db1', RESULT(1).slice(15)), syslog('db2', RESULT(1).slice(15)),
      syslog('db3', RESULT(1).slice(15)), syslog('db1', 'Linux version 7.3.1 (x)'), syslog('db1', RESULT(1, '0x2').slice(15)),
    ].join('\n'));
    expect(events.map(({ host, kernel, pfn }) => [host, kernel, pfn])).toEqual([
      ['db1', '6.1.0-1', '0x1'], ['db2', '7.3-amd64', '0x1'], ['db3', null, '0x1'], ['db1', '7.3.1', '0x2'],
    ]);
  });

  it('decides: what cannot be taken is not the kernel\'s own under 7.3, and may be anything before', () => {
    expect(only('Linux version 7.3-amd64 (x)', RESULT(1)).verdict).toEqual({ v4: 'would-not', '7.3': 'would-not' });
    expect(only('Linux version 6.16.1 (x)', RESULT(1)).verdict).toEqual({ v4: 'undecidable', '7.3': 'undecidable' });
    expect(only('Linux version 7.3-amd64 (x)', RESULT(1, '0x1', 'reserved kernel page: Ignored')).verdict).toEqual({ v4: 'undecidable', '7.3': 'would-panic' });
    expect(only('Linux version 5.4.0 (x)', RESULT(1, '0x1', 'reserved kernel page: Ignored')).verdict).toEqual({ v4: 'would-panic', '7.3': 'would-panic' });
    expect(only('Linux version 6.12.0 (x)', LINE(0.9, 'Memory failure: 0x1: Unknown page state'), RESULT(1, '0x1', 'unknown page: Ignored')).verdict).toEqual({ v4: 'would-panic', '7.3': 'would-not' });
    expect(only(RESULT(1, '0x1', 'kernel slab page: Ignored')).verdict).toEqual({ v4: 'would-not', '7.3': 'would-panic' });
    expect(only(RESULT(1, '0x1', 'page of the future: Ignored')).verdict).toEqual({ v4: 'undecidable', '7.3': 'undecidable' });
  });

  it('is not forgotten in between, however much there is', () => {
    const dull = `${LINE(5, 'dull')}\n`.repeat(100_000);
    const { events } = replayText(`Linux version 7.3-amd64 (x)\n${dull}${RESULT(9)}\n`);
    expect(events[0]).toMatchObject({ kernel: '7.3-amd64', source: { line: 100_002 } });
  });
});

describe('a page dump', () => {
  const dump = (pfn: string, flags: string): string[] => [
    LINE(1, `page:00000000b6acdbd1 refcount:1 mapcount:0 mapping:0000000000000000 index:0x0 pfn:${pfn}`), LINE(1, `flags: 0x57ffffc0801000(${flags}|node=1|zone=2)`),
    LINE(1, 'page dumped because: hwpoison: unhandlable page'),
  ];
  const result = RESULT(1.1, '0x1810b4', 'unknown page: Ignored');

  it.each<readonly [string, ReplayEvent['verdict']]>([
    ['reserved|hwpoison', { v4: 'would-panic', '7.3': 'would-panic' }],
    ['slab|hwpoison', { v4: 'would-not', '7.3': 'would-panic' }],
    ['uptodate|swapbacked|hwpoison', { v4: 'would-not', '7.3': 'would-not' }],
    ['hwpoison', { v4: 'undecidable', '7.3': 'undecidable' }],
  ])('with the flags %s decides', (flags, verdict) => {
    expect(only(...dump('0x1810b4', flags), result).verdict).toEqual(verdict);
  });

  it('of another page, or long before, does not', () => {
    expect(only(...dump('0x999', 'reserved'), result).verdict['7.3']).toBe('undecidable');
    expect(only(...dump('0x1810b4', 'reserved'), ...Array.from({ length: 40 }, () => LINE(1, 'dull')), result).verdict['7.3']).toBe('undecidable');
  });
});

describe('what is kept is bounded', () => {
  it('over many hosts and many failures, each is emitted once and in order', () => {
    const lines = Array.from({ length: 10_000 }, (_, n) => `Nov 23 04:46:01 host${n % 5000} kernel: ${RESULT(1, `0x${n.toString(16)}`).slice(15)}`);
    const { events } = replayText(lines.join('\n'));
    expect(events.map(({ source }) => source.line)).toEqual(Array.from({ length: 10_000 }, (_, n) => n + 1));
  });
});
