import fc, { runs } from '../support/fast-check.ts';
import { expect, test } from 'vitest';

import { ERRNO, type ErrnoName } from '../../src/abi/errno.ts';
import type { LogLevel } from '../../src/abi/log-level.ts';
import { PAGE_TYPE_NAMES } from '../../src/kernel/memory/page-types.ts';
import { type Race, RACES, type Via, VIAS } from '../../src/kernel/memory-failure/injection.ts';
import { type Command, formatCommand, parseControl } from '../../src/control/command.ts';
import { CONTROL_COMMANDS } from '../../src/control/commands.ts';
import type { Target } from '../../src/control/target.ts';
import { character, comm, encode, lineText, pid } from '../support/line-texts.ts';

const fileName = lineText(8).map((name) => name.replaceAll('/', '_')).filter((name) => !['', '.', '..'].includes(name));
const path = fc.array(fileName, { minLength: 1, maxLength: 4 })
  .map((names) => `/${names.join('/')}`);

const pfn = fc.integer({ min: 0, max: 2 ** 40 - 1 });
const count = fc.integer({ min: 1, max: 1_000_000 });
const ms = fc.integer({ min: 0, max: 1_000_000_000 });
const type = fc.constantFrom(...PAGE_TYPE_NAMES);
const target: fc.Arbitrary<Target> = fc.oneof(
  fc.constant<Target>({ kind: 'any' }),
  type.map((name): Target => ({ kind: 'type', type: name })),
  pfn.map((value): Target => ({ kind: 'pfn', pfn: value })),
  fc.integer({ min: 0, max: 2 ** 52 - 1 }).map((phys): Target => ({ kind: 'phys', phys })),
);

const command: fc.Arbitrary<Command> = fc.oneof(
  fc.record({
    kind: fc.constant('inject' as const), target, count, via: fc.constantFrom(...(Object.keys(VIAS) as Via[])),
    race: fc.constantFrom(...(Object.keys(RACES) as Race[])),
  }, { requiredKeys: ['kind', 'target', 'count', 'via'] }),
  fc.record({ kind: fc.constant('soft-offline' as const), target }),
  fc.record({ kind: fc.constant('unpoison' as const), pfn }),
  fc.record({
    kind: fc.constant('page' as const), first: pfn, last: pfn, type,
    shape: fc.record({
      mappers: fc.array(fc.record({ comm, pid }), { maxLength: 3 }), earlyKill: fc.constant(true as const), noAddress: fc.constant(true as const),
      pins: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
    }, { requiredKeys: [] }),
  })
    .map((page) => ({ ...page, first: Math.min(page.first, page.last), last: Math.max(page.first, page.last) })),
  fc.record({ kind: fc.constant('access' as const), pfn, comm, pid }, { requiredKeys: ['kind', 'pfn'] }),
  fc.record({
    kind: fc.constant('fail' as const), path, op: fc.constantFrom('read' as const, 'write' as const, 'open' as const),
    errno: fc.constantFrom(...(Object.keys(ERRNO) as ErrnoName[])), count,
  }, { requiredKeys: ['kind', 'path', 'op', 'errno'] }),
  fc.record({ kind: fc.constant('delay' as const), path, ms, count }, { requiredKeys: ['kind', 'path', 'ms'] }),
  fc.record({
    kind: fc.constant('log' as const), level: fc.integer({ min: 0, max: 7 }) as fc.Arbitrary<LogLevel>, text: lineText(20),
  }, { requiredKeys: ['kind', 'text'] }),
  fc.record({ kind: fc.constant('panic' as const), text: lineText(20) }, { requiredKeys: ['kind'] }),
  fc.constantFrom<Command>({ kind: 'reboot' }, { kind: 'reset' }, { kind: 'keep-going' }),
  fc.record({ kind: fc.constant('wait' as const), ms }),
);

test('a command formatted parses back to itself, with any line end and a comment before it', () => {
  fc.assert(fc.property(command, fc.constantFrom('', '\n', '\r\n'), (one, end) => {
    const line = formatCommand(one);
    expect(line).not.toContain('\n');
    expect(parseControl(encode(`# comment\n${line}${end}`))).toEqual({ commands: [one] });
  }), { numRuns: runs(3000) });
});

test('a batch is its lines, in order', () => {
  fc.assert(fc.property(fc.array(command, { maxLength: 10 }), (batch) => {
    expect(parseControl(encode(batch.map((one) => `${formatCommand(one)}\n`).join('')))).toEqual({ commands: batch });
  }), { numRuns: runs(300) });
});

test('a batch with one bad line is only an error, of that line', () => {
  const bad = fc.constantFrom('bogus', 'inject type=bogus', 'inject slab', 'unpoison', 'log', 'wait x', 'reboot\0', 'access pfn=1 comm="');
  fc.assert(fc.property(fc.array(command, { maxLength: 5 }), bad, fc.array(command, { maxLength: 5 }), (before, line, after) => {
    const lines = [...before.map(formatCommand), line, ...after.map(formatCommand)];
    const batch = parseControl(encode(lines.join('\n')));
    expect(Object.keys(batch)).toEqual(['error']);
    expect(batch).toMatchObject({ error: { line: before.length + 1 } });
  }), { numRuns: runs(300) });
});

// Random bytes, and lines made of pieces of the grammar in any order.
const keys = Object.values(CONTROL_COMMANDS).flatMap(({ values }) => Object.keys(values).flatMap((key) => [key, `${key}=`]));
const piece = fc.oneof(
  fc.constantFrom(...Object.keys(CONTROL_COMMANDS), ...keys, ' ', '\n', '"', 'none', '0x', '1', '-', ',', ':', '/', '..'),
  character,
);

test('whatever is written, the answer is commands or an error of one of its lines, in one line of its own', () => {
  const written = fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.array(piece, { maxLength: 30 }).map((parts) => encode(parts.join(''))));
  fc.assert(fc.property(written, (bytes) => {
    const batch = parseControl(bytes);
    if ('error' in batch) {
      expect(batch.error.line).toBeGreaterThanOrEqual(1);
      expect(batch.error.line).toBeLessThanOrEqual(Buffer.from(bytes).toString('latin1').split('\n').length);
      expect(batch.error.message).toMatch(/^[^\p{Cc}\u2028\u2029]{5,600}$/u);
    } else {
      // A parsed line is within the grammar: written and parsed again, it is the same.
      expect(parseControl(encode(batch.commands.map(formatCommand).join('\n')))).toEqual(batch);
    }
  }), { numRuns: runs(5000) });
});

// If the work grew with the square of a line's length, the runner's time-out would end it.
test('a line of a megabyte is parsed like any other', () => {
  const long = 'x'.repeat(1_000_000);
  const lines = [
    long, `inject ${long}`, `inject ${long}=1`, `inject type=${long}`, `inject pfn=${'1'.repeat(1_000_000)}`, `access pfn=1 comm="${long}`,
    `log "${long}`, `log "${'\\"'.repeat(500_000)}`, `inject ${'a '.repeat(500_000)}`, `page pfn=1 type=slab mapped=${'a:1,'.repeat(250_000)}`,
    `fail ${'/a'.repeat(500_000)}`, `#${long}`, '\n'.repeat(1_000_000),
  ];
  for (const line of lines) {
    const batch = parseControl(encode(line));
    expect('error' in batch).toBe(!/^(?:#|\n|log )/.test(line));
  }
});
