import fc, { runs } from '../support/fast-check.ts';
import { describe, expect, it } from 'vitest';
import { LOG_LEVEL, type LogLevel } from '../../src/abi/log-level.ts';
import { LOG_FORMATS, type LogFormatName } from '../../src/kernel/printk/log-format.ts';
import { isBootLine, readPrintedLine } from '../../src/daemon/observing/log-line.ts';
import { lastBoot } from '../../src/daemon/observing/log-tail.ts';
import type { PrintkRecord } from '../../src/kernel/effect.ts';

/** The fields that a format keeps of a record, besides time and text. */
const KEPT: Readonly<Record<LogFormatName, readonly ('level' | 'facility' | 'sequence')[]>> = {
  dmesg: [], syslog: [], raw: ['level', 'facility'], kmsg: ['level', 'facility', 'sequence'],
};

const record: fc.Arbitrary<PrintkRecord> = fc.record({
  level: fc.constantFrom<LogLevel>(...Object.values(LOG_LEVEL)), facility: fc.integer({ min: 0, max: 255 }), sequence: fc.nat(),
  usec: fc.integer({ min: 0, max: 1e15 }), clockUsec: fc.nat(),
  // How else a format changes a text does not matter here. kmsg returns every text unchanged.
  text: fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom('[', '<', '3', '>', ' ', ';', ',', ':', '\\', 'x', '0', 'a') })),
});

describe.each(Object.keys(LOG_FORMATS) as LogFormatName[])('a line of the log format %s', (format) => {
  it('is read as the record it was made of', () => {
    fc.assert(fc.property(record, (of) => {
      const line = LOG_FORMATS[format](of, { hostname: 'host', startWallMs: 0 });
      const kept = Object.fromEntries(KEPT[format].map((key) => [key, of[key]]));
      expect(readPrintedLine(line.slice(0, -1))).toEqual({ text: of.text, usec: of.usec, ...kept });
    }));
  });
});

it('a line of kmsg gives back every text, also one of several lines', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => {
    const line = LOG_FORMATS.kmsg({ level: 3, sequence: 7, usec: 1, clockUsec: 1, text });
    expect(line.slice(0, -1)).not.toContain('\n');
    expect(readPrintedLine(line.slice(0, -1)).text).toBe(text);
  }));
});

it('a line of no format is its own text', () => {
  for (const line of ['', 'nonsense', '[    1.5', '<3>[    1.000001]', '3,1,x,-;text', '[    1.000001]no blank']) expect(readPrintedLine(line)).toEqual({ text: line });
});

describe('lastBoot', () => {
  const banner = '[    0.000000] Linux version 7.3.0-rc7-v4 (gcc)';
  const lines = fc.array(fc.oneof(
    fc.constant(banner), fc.constant('[    3.000000] Linux version is what somebody wrote'), fc.constant('Linux version'),
    fc.nat({ max: 70_000 }).map((length) => `[    1.000000] ${'x'.repeat(length)}`),
  ), { maxLength: 12 });

  it('is found where a block begins amid the banner, whatever of it', () => {
    const line = `${banner}\n`;
    for (let within = 0; within <= line.length; within += 1) {
      const before = Buffer.from(`${'y'.repeat(70_000)}\n`);
      const bytes = Buffer.concat([before, Buffer.from(line), Buffer.alloc(65_536 - within, 'x')]);
      expect(lastBoot((position, length) => bytes.subarray(position, position + length), bytes.length)).toBe(before.length);
    }
  });

  it('is where the last banner stands, wherever that is among blocks', () => {
    fc.assert(fc.property(lines, (all) => {
      const bytes = Buffer.from(all.map((line) => `${line}\n`).join(''));
      const last = all.findLastIndex((line) => isBootLine(readPrintedLine(line)));
      const want = all.slice(0, Math.max(last, 0)).reduce((sum, line) => sum + line.length + 1, 0);
      expect(lastBoot((position, length) => bytes.subarray(position, position + length), bytes.length)).toBe(want);
    }), { numRuns: runs(300) });
  });
});
