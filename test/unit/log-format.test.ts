import { afterEach, describe, expect, test } from 'vitest';
import fc, { runs } from '../support/fast-check.ts';

import type { LogLevel } from '../../src/abi/log-level.ts';
import { LOG_FORMATS, timeStamp, type LogFormatName } from '../../src/kernel/printk/log-format.ts';
import type { PrintkRecord } from '../../src/kernel/effect.ts';
import { escapeKmsg } from '../../src/kernel/printk/extended-record.ts';

const machine = { hostname: 'host', startWallMs: Date.UTC(2026, 10, 23, 4, 45, 47) };
const record: PrintkRecord = {
  level: 3, sequence: 395, usec: 14_111_653, clockUsec: 14_111_653,
  text: 'Memory failure: 0x1d805: recovery action for reserved kernel page: Ignored',
};

const zone = process.env['TZ'];
afterEach(() => {
  if (zone === undefined) delete process.env['TZ'];
  else process.env['TZ'] = zone;
});

/** Formats in a time zone. Node reads TZ again when it is assigned. */
function format(name: LogFormatName, changes: Partial<PrintkRecord> = {}, host: Partial<typeof machine> = {}, timeZone = 'UTC'): string {
  process.env['TZ'] = timeZone;
  return LOG_FORMATS[name]({ ...record, ...changes }, { ...machine, ...host });
}

describe('one record, byte for byte', () => {
  test.each([
    ['dmesg', '[   14.111653] Memory failure: 0x1d805: recovery action for reserved kernel page: Ignored\n'],
    ['raw', '<3>[   14.111653] Memory failure: 0x1d805: recovery action for reserved kernel page: Ignored\n'],
    ['syslog', 'Nov 23 04:46:01 host kernel: [   14.111653] Memory failure: 0x1d805: recovery action for reserved kernel page: Ignored\n'],
    ['kmsg', '3,395,14111653,-;Memory failure: 0x1d805: recovery action for reserved kernel page: Ignored\n'],
  ] as const)('%s', (name, line) => {
    expect(format(name)).toBe(line);
  });

  test.each([
    [0, '[    0.000000]'], [1, '[    0.000001]'], [999_999, '[    0.999999]'], [1_000_000, '[    1.000000]'],
    [99_999_000_007, '[99999.000007]'], [123_456_000_007, '[123456.000007]'], [8_000_000_000_000_001, '[8000000000.000001]'],
  ])('time stamp of %i us', (usec, stamp) => {
    expect(timeStamp(usec)).toBe(stamp);
  });

  test('a record without text is a line all the same', () => {
    expect(format('dmesg', { text: '' })).toBe('[   14.111653] \n');
    expect(format('kmsg', { text: '' })).toBe('3,395,14111653,-;\n');
  });
});

describe('syslog', () => {
  test('local time, the day padded with a space, winter and summer', () => {
    expect(format('syslog', { text: 'x', clockUsec: 0 }, { startWallMs: Date.UTC(2026, 2, 4, 23, 30, 5) }, 'Asia/Tokyo'))
      .toBe('Mar  5 08:30:05 host kernel: [   14.111653] x\n');
    expect(format('syslog', { text: 'x', clockUsec: 0 }, { startWallMs: Date.UTC(2026, 6, 31, 22, 0, 0) }, 'Europe/Berlin'))
      .toBe('Aug  1 00:00:00 host kernel: [   14.111653] x\n');
  });

  test('wall time goes by the machine\'s clock, the stamp by the time since boot', () => {
    expect(format('syslog', { text: 'x', usec: 5, clockUsec: 3_600_000_000 })).toBe('Nov 23 05:45:47 host kernel: [    0.000005] x\n');
    expect(format('syslog', { text: 'x', usec: 5, clockUsec: 999_999 })).toBe('Nov 23 04:45:47 host kernel: [    0.000005] x\n');
  });

  test.each([
    ['(none)', 'localhost'], ['', 'localhost'], ['node1.example.com', 'node1'], ['.example.com', 'localhost'],
    ['a kernel: b', 'a\\x20kernel:\\x20b'], ['a\nb', 'a\\x0ab'],
  ])('hostname %j is %s', (hostname, shown) => {
    expect(format('syslog', { text: 'x' }, { hostname })).toBe(`Nov 23 04:46:01 ${shown} kernel: [   14.111653] x\n`);
  });
});

describe('texts with control characters', () => {
  // The right-hand side is what dmesg(1) of util-linux 2.38.1 printed for the same bytes in a UTF-8 locale, except for CR, which it does
  // not escape.
  test.each([
    ['a\u001b[31mb\tc\u007f', 'a\\x1b[31mb\tc\\x7f'], ['\u00e9 \u2028 \u0085', '\u00e9 \\xe2\\x80\\xa8 \\xc2\\x85'],
    ['back\\slash', 'back\\slash'], ['a\rb\vc\fd', 'a\\x0db\\x0bc\\x0cd'],
  ])('%j as dmesg shows it', (text, shown) => {
    expect(format('dmesg', { text })).toBe(`[   14.111653] ${shown}\n`);
    expect(format('raw', { text })).toBe(`<3>[   14.111653] ${shown}\n`);
    expect(format('syslog', { text })).toBe(`Nov 23 04:46:01 host kernel: [   14.111653] ${shown}\n`);
  });

  test('each line of a text has the prefix', () => {
    const text = 'one\n<0>[    0.000001] two\n';
    expect(format('dmesg', { text })).toBe('[   14.111653] one\n[   14.111653] <0>[    0.000001] two\n[   14.111653] \n');
    expect(format('raw', { text })).toBe('<3>[   14.111653] one\n<3>[   14.111653] <0>[    0.000001] two\n<3>[   14.111653] \n');
    expect(format('syslog', { text: 'a\nb' }))
      .toBe('Nov 23 04:46:01 host kernel: [   14.111653] a\nNov 23 04:46:01 host kernel: [   14.111653] b\n');
  });

  test.each([
    ['a\n0,1,2,-;b', 'a\\x0a0,1,2,-;b'], ['\t', '\\x09'], ['\\', '\\x5c'], ['\u007f~ ', '\\x7f~ '], ['\u00e9', '\\xc3\\xa9'],
  ])('%j as /dev/kmsg escapes it', (text, shown) => {
    expect(escapeKmsg({ text })).toBe(shown);
    expect(format('kmsg', { text })).toBe(`3,395,14111653,-;${shown}\n`);
  });
});

// Texts that try to break a format: prefixes of every format, line breaks of every reader, and any character.
const text = fc.array(fc.oneof(
  fc.constantFrom('\n', '\r', '\r\n', '\u2028', '\u0085', '\v', '\f', '\u001c',
    '[    0.000001] ', '<0>', 'Jan  1 00:00:00 host kernel: ', '0,1,2,-;', '\\x0a', ' '),
  fc.string({ unit: 'binary', maxLength: 8 }),
), { maxLength: 12 }).map((parts) => parts.join(''));
const anyRecord: fc.Arbitrary<PrintkRecord> = fc.record({
  level: fc.integer({ min: 0, max: 7 }) as fc.Arbitrary<LogLevel>, sequence: fc.nat(), usec: fc.nat(), clockUsec: fc.nat(), text,
});

// What a reader takes for the start of a line, and what Python's splitlines, which knows the most line breaks, takes for its end.
const HEADS: Record<LogFormatName, RegExp> = {
  dmesg: /^\[ *\d+\.\d{6}\] /,
  raw: /^<\d>\[ *\d+\.\d{6}\] /,
  syslog: /^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \S+ kernel: \[ *\d+\.\d{6}\] /,
  kmsg: /^\d+,\d+,\d+,-;/,
};
const LINE_ENDS = /\r\n|[\n\r\v\f\u001c-\u001e\u0085\u2028\u2029]/u;

describe('no text can forge a line', () => {
  test.each(['dmesg', 'raw', 'syslog', 'kmsg'] as const)('%s', (name) => {
    fc.assert(fc.property(anyRecord, fc.string({ unit: 'binary' }), (any, hostname) => {
      const host = { ...machine, hostname };
      const empty = LOG_FORMATS[name]({ ...any, text: '' }, host);
      expect(empty).toMatch(HEADS[name]);
      const lines = LOG_FORMATS[name](any, host).split(LINE_ENDS);
      expect(lines.pop()).toBe('');
      expect(lines.length).toBe(name === 'kmsg' ? 1 : any.text.split('\n').length);
      // Every line starts with the prefix of this record.
      for (const line of lines) expect(HEADS[name].exec(line)?.[0]).toBe(empty.slice(0, -1));
    }), { numRuns: runs(500) });
  });

  test('a text of printable characters comes through unchanged', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme-ascii' }), (printable) => {
      expect(format('dmesg', { text: printable })).toBe(`[   14.111653] ${printable}\n`);
    }));
  });
});

test('kmsg escaping can be undone', () => {
  fc.assert(fc.property(text, (original) => {
    const escaped = escapeKmsg({ text: original });
    expect(escaped).toMatch(/^[ -~]*$/);
    const bytes = escaped.replace(/\\x([0-9a-f]{2})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 16)));
    expect(Buffer.from(bytes, 'latin1').toString()).toBe(original);
  }), { numRuns: runs(500) });
});
