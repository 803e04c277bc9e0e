import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Database as DatabaseClass } from 'node-sqlite3-wasm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { unpacked } from '../../../src/cli/commands/replay/compression.ts';
import { packingOf, UnusableError } from '../../../src/cli/commands/replay/packed.ts';
import { rasdaemonLines } from '../../../src/cli/commands/replay/rasdaemon-database.ts';
import type { ReplayEvent } from '../../../src/replay/history/event.ts';
import { replayText } from '../../../src/replay/log-replay.ts';

const { Database } = createRequire(import.meta.url)('node-sqlite3-wasm') as { readonly Database: typeof DatabaseClass };

let directory = '';
beforeEach(() => { directory = mkdtempSync(join(tmpdir(), 'vmsysctld-database-')); });
afterEach(() => { rmSync(directory, { recursive: true }); });

type Failure = readonly [timestamp: string, pfn: string, type: string, result: string];

/** A database as rasdaemon 0.6.8 makes it. */
function database(failures: readonly Failure[], errors: readonly (readonly [timestamp: string, type: string, label: string, address: bigint])[] = []): Buffer {
  const path = join(directory, 'ras-mc_event.db');
  rmSync(path, { force: true });
  const made = new Database(path);
  made.exec('CREATE TABLE mc_event (id INTEGER PRIMARY KEY, timestamp TEXT, err_count INTEGER, err_type TEXT, err_msg TEXT, label TEXT, mc INTEGER, top_layer INTEGER, '
    + 'middle_layer INTEGER, lower_layer INTEGER, address INTEGER, grain INTEGER, syndrome INTEGER, driver_detail TEXT)');
  made.exec('CREATE TABLE memory_failure_event (id INTEGER PRIMARY KEY, timestamp TEXT, pfn TEXT, page_type TEXT, action_result TEXT)');
  for (const [timestamp, type, label, address] of errors) {
    made.run('INSERT INTO mc_event (timestamp, err_count, err_type, err_msg, label, address) VALUES (?, 1, ?, \'multi-bit ECC\', ?, ?)', [timestamp, type, label, address]);
  }
  for (const row of failures) made.run('INSERT INTO memory_failure_event (timestamp, pfn, page_type, action_result) VALUES (?, ?, ?, ?)', [...row]);
  made.close();
  return readFileSync(path);
}

async function textOf(content: Uint8Array): Promise<string> {
  async function* pieces(): AsyncGenerator<Uint8Array> {
    await Promise.resolve();
    for (let at = 0; at < content.length; at += 5000) yield content.subarray(at, at + 5000);
  }
  const packing = packingOf(content);
  if (packing === undefined) throw new Error('it is plain text');
  let text = '';
  for await (const piece of unpacked(packing, pieces(), 'x')) text += Buffer.from(piece).toString();
  return text;
}

async function replayed(content: Uint8Array, known: { readonly kernel?: string; readonly rasdaemon?: string } = {}): Promise<ReplayEvent[]> {
  return replayText(await textOf(content), known).events;
}

const AT = '2026-11-23 04:46:01 +0100';
const failure = (type: string, result = 'Ignored'): Failure => [AT, '0x40272d', type, result];

describe("a database of rasdaemon's", () => {
  it('is read as lines in the order of time, and leaves nothing behind', async () => {
    const content = database(
      [failure('free buddy page', 'Recovered'), ['2026-11-23 04:46:09 +0100', '0x2c03', 'dirty LRU page', 'Recovered']],
      [['2026-11-23 04:46:05 +0100', 'Corrected', 'DIMM_A1', 0x2c03_080n], [AT, 'Uncorrected', 'DIMM_B2', 0x4027_2d40n]],
    );
    expect(await textOf(content)).toBe([
      `${AT} kernel: mc_event: 1 Uncorrected error(s): multi-bit ECC at DIMM_B2 address=0x40272d40`,
      `${AT} kernel: memory_failure_event: pfn=0x40272d page_type=free buddy page action_result=Recovered`,
      '2026-11-23 04:46:05 +0100 kernel: mc_event: 1 Corrected error(s): multi-bit ECC at DIMM_A1 address=0x2c03080',
      '2026-11-23 04:46:09 +0100 kernel: memory_failure_event: pfn=0x2c03 page_type=dirty LRU page action_result=Recovered', '',
    ].join('\n'));
    expect(execFileSync('ls', [directory], { encoding: 'utf8' })).toBe('ras-mc_event.db\n');
  });

  it('is recognized among other files by the header of SQLite', async () => {
    const read = async (content: Uint8Array): Promise<void> => {
      for await (const line of rasdaemonLines((async function* () { await Promise.resolve(); yield content; })())) expect(line).toBeDefined();
    };
    const other = new Database(join(directory, 'other.db'));
    other.exec('CREATE TABLE a (b)');
    other.close();
    await expect(read(readFileSync(join(directory, 'other.db')))).rejects.toThrow(new UnusableError('it is a database, but not of rasdaemon: it has neither mc_event nor memory_failure_event'));
    await expect(read(Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(5000, 7)]))).rejects.toThrow(/^it is not a database that SQLite can read: /);
  });

  it('has events with their time, and the DIMM that the hardware named before', async () => {
    const [event] = await replayed(database([['2026-11-23 04:46:02 +0100', '0x40272', 'reserved kernel page', 'Ignored']], [[AT, 'Uncorrected', 'DIMM_B2', 0x4027_2d40n]]));
    expect(event).toMatchObject({ time: '2026-11-23T03:46:02.000Z', pfn: '0x40272', type: 'reserved kernel page', result: 'Ignored', trace: true, dimm: 'DIMM_B2' });
    expect(event?.verdict).toEqual({ v4: 'undecidable', '7.3': 'would-panic' });
  });
});

describe("rasdaemon's names of page types", () => {
  const UNDECIDABLE = { v4: 'undecidable', '7.3': 'undecidable' };

  it.each([
    // Numbers 0 and 1 are the same in all tables and kernels. A 7.3 uses the first for slab too.
    ['reserved kernel page', {}, 'reserved kernel page', { v4: 'undecidable', '7.3': 'would-panic' }],
    ['reserved kernel page', { kernel: '6.12.48-amd64' }, 'reserved kernel page', { v4: 'would-panic', '7.3': 'would-panic' }],
    ['high-order kernel page', {}, 'high-order kernel page', { v4: 'would-panic', '7.3': 'would-not' }],
    // 0.6.8 calls number 5 of 6.12 a huge page. The kernel means `get hwpoison page`.
    ['huge page', { kernel: '6.12.48-amd64', rasdaemon: '0.6.8' }, 'get hwpoison page', UNDECIDABLE],
    // 0.8.3 calls it a free huge page.
    ['free huge page', { kernel: '6.12.48-amd64', rasdaemon: '0.8.3' }, 'get hwpoison page', UNDECIDABLE],
    ['free buddy page', { kernel: '7.3-amd64', rasdaemon: '0.8.3' }, 'free buddy page', { v4: 'would-not', '7.3': 'would-not' }],
    ['free buddy page', { kernel: '7.3-amd64', rasdaemon: '0.6.8' }, 'unsplit thp', { v4: 'would-not', '7.3': 'would-not' }],
    ['free buddy page', { kernel: '6.1.0-18-amd64', rasdaemon: '0.8.5' }, 'free buddy page', { v4: 'would-not', '7.3': 'would-not' }],
    // Both tables lead to a page for which neither rule panics.
    ['dirty LRU page', { kernel: '7.3-amd64' }, 'dirty LRU page', { v4: 'would-not', '7.3': 'would-not' }],
    // The tables lead to different verdicts.
    ['huge page', { kernel: '6.12.48-amd64' }, 'huge page', UNDECIDABLE],
    ['dax page', { kernel: '6.12.48-amd64', rasdaemon: '0.6.8' }, 'unknown page', { v4: 'would-panic', '7.3': 'would-not' }],
    // The kernel, its numbers and the version are all unknown.
    ['dirty LRU page', {}, 'dirty LRU page', UNDECIDABLE],
    ['dirty LRU page', { kernel: '5.10.0-28-amd64', rasdaemon: '0.6.8' }, 'dirty LRU page', UNDECIDABLE],
    ['dirty LRU page', { kernel: '7.3-amd64', rasdaemon: '0.9.0' }, 'dirty LRU page', UNDECIDABLE],
    ['reserved kernel page', { rasdaemon: '0.9.0' }, 'reserved kernel page', UNDECIDABLE],
    ['no such page', { kernel: '7.3-amd64', rasdaemon: '0.8.3' }, 'no such page', UNDECIDABLE],
  ] as const)('%s with %o is %s', async (name, known, type, verdict) => {
    const [event] = await replayed(database([failure(name)]), known);
    expect({ type: event?.type, verdict: event?.verdict }).toEqual({ type, verdict });
  });

  it('say what is missing to tell the type', async () => {
    const reasonOf = async (known: { readonly kernel?: string; readonly rasdaemon?: string }): Promise<string | undefined> => (await replayed(database([failure('huge page')]), known))[0]?.reason;
    expect(await reasonOf({})).toMatch(/--kernel/);
    expect(await reasonOf({ kernel: '6.12.48' })).toMatch(/--rasdaemon/);
    expect(await reasonOf({ kernel: '6.6.1', rasdaemon: '0.8.3' })).toMatch(/only those of 6\.1, 6\.12 and 7\.3/);
  });
});
