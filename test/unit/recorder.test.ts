import fc from '../support/fast-check.ts';
import { describe, expect, it } from 'vitest';
import { compare } from '../recorder/compare.mjs';
import { consoleBlock, spacedJson, sysctlPositions, sysctlPositionsScript, sysctlWrites, sysctlWritesInputs, upstreamVersion } from '../recorder/golden.mjs';
import { NOISE } from '../recorder/noise.mjs';
import { recording } from '../support/recording.ts';

describe('the lines of JSON', () => {
  it('are those of the recording, when spaced again', () => {
    const lines = recording('sysctl-writes.7.3.jsonl').trimEnd().split('\n');
    expect(lines.map((line) => spacedJson(JSON.parse(line)))).toEqual(lines);
  });
  it('stay the same value', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => {
      const text = spacedJson(value);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      expect(text).toMatch(/^[\x20-\x7f]*$/);
    }));
  });
  it('come of what the machine printed', () => {
    const printed = ['kernel\t#1 SMP Debian 7.3~rc7-1~exp1 (2026-10-16)', 'file\tlowmem', 'mode\t644', 'default\t3109320a', 'write\t-\t0',
      'write\tff\tEINVAL', 'write\t350a\t2\tlowmem=3509320a\ttwin=-', 'file\tdrop', 'mode\t200', 'default\tEACCES', 'write\t00\t1'];
    expect(sysctlWrites(`${printed.join('\n')}\n`)).toBe(
      '{"kernel": "7.3-rc7", "file": "lowmem", "writes": [{"write": "", "ret": 0}, {"write": "\\u00ff", "ret": "EINVAL"}, ' +
        '{"write": "5\\n", "ret": 2, "changed": {"lowmem": "5 2", "twin": ""}}], "mode": "644", "default": "1\\t2\\n"}\n' +
        '{"kernel": "7.3-rc7", "file": "drop", "writes": [{"write": "\\u0000", "ret": 1}], "mode": "200", "default": "EACCES"}\n',
    );
    expect(() => sysctlWrites('sh: not found\n')).toThrow('the machine printed: sh: not found');
  });
  it('give the inputs back', () => {
    const inputs = sysctlWritesInputs(recording('sysctl-writes.7.3.jsonl')).split('\n');
    expect(inputs.length).toBe(98 + 1);
    expect(inputs.slice(0, 3)).toEqual(['-', '0a', '30']);
  });
  it.each([['Debian 7.3~rc7-1~exp1 (x)', '7.3-rc7'], ['#1 SMP Debian 6.12.43-1 (2025-08-27)', '6.12.43'], ['#1 custom', '#1 custom']])(
    'name the kernel of %s', (version, name) => expect(upstreamVersion(version)).toBe(name));
});

describe('the positions', () => {
  const TEXT = recording('sysctl-positions.7.3.txt');
  it('are made into scripts without answers, repetitions written out, and back into the recording', () => {
    const scripts = Object.values(sysctlPositionsScript(TEXT));
    expect(scripts.length).toBe(TEXT.split('\n').filter((line) => line.startsWith('# ')).length);
    expect(scripts.join('')).not.toMatch(/ => |\*|^log /m);
    // The output of the machine: operations cut short, and log lines with their times.
    const printed = TEXT.split('\n').map((line) => {
      if (!line.startsWith('log ')) return line.replace(/^(.{0,40})[^=]* => /, '$1 => ');
      return `log ${(JSON.parse(line.slice('log '.length)) as string).replace(/^(<\d+>)/, '$1[   12.345678] ')}`;
    });
    expect(sysctlPositions(printed.join('\n'), TEXT)).toBe(TEXT);
  });
  it('leave out what nobody asked for', () => {
    expect(sysctlPositions('# a\nlog <6>[ 1.5] random: crng init done\nset a 31 => 1\n', '# a\nset a 31 => 2\n')).toBe('# a\nset a 31 => 1\n');
  });
});

describe('the block of a console', () => {
  const TEXT = 'first 1\r\nlast 1\r\narmed\r\nx\r\nfirst 2\r\ny\r\nlast 2\r\nz';
  it('lies between two lines, behind another', () => {
    expect(consoleBlock(TEXT, { first: /first/, last: /last/ })).toBe('first 1\nlast 1\n');
    expect(consoleBlock(TEXT, { from: /armed/, first: /first/, last: /last/ })).toBe('first 2\ny\nlast 2\n');
    expect(consoleBlock(TEXT, { first: /first/, last: /never/ })).toBeUndefined();
    expect(consoleBlock(TEXT, { from: /never/, first: /first/, last: /last/ })).toBeUndefined();
  });
});

describe('the comparison', () => {
  const CASE = '  kmsg 3,395,5792785,- | Memory failure: 0x32c68: recovery action for dirty LRU page: Recovered';
  it.each([
    ['a pfn, a number, a time, the per-CPU list', '  kmsg 3,7,99,- | Memory failure: 0x1a2b: recovery action for dirty page: Recovered', 0],
    ['the level', CASE.replace('kmsg 3', 'kmsg 6'), 2],
    ['the outcome', CASE.replace('Recovered', 'Failed'), 2],
    ['the kind', CASE.replace('dirty', 'clean'), 2],
  ])('sees %s', (_what, now, differences) => {
    const { noise, ...result } = compare(`CASE a\n${CASE}\n`, `CASE a\n${now}\n`, NOISE.memoryFailure);
    expect(result.differences.length).toBe(differences);
    expect(result.noisy).toBe(differences === 0 ? 1 : 0);
    expect(Object.keys(noise).sort()).toEqual(differences === 0 ? ['page age', 'pfn', 'record number and time'] : []);
  });
  it.each([
    ['a count of bytes', '  inject hard ret=10 errno=0 (-)', '  inject hard ret=11 errno=0 (-)', 0],
    ['an errno', '  inject hard ret=-1 errno=16 (x)', '  inject hard ret=-1 errno=133 (x)', 2],
    ['a page that is poisoned', '  after pfn=0x123 kpageflags=0x1 count=0 HWPOISON', '  after pfn=0x123 kpageflags=0x1 count=0', 2],
  ])('sees %s', (_what, recorded, now, differences) => {
    expect(compare(recorded, now, NOISE.memoryFailure).differences.length).toBe(differences);
  });
  it('finds what is left out or put in, and nothing else', () => {
    fc.assert(fc.property(fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1 }), fc.nat(), (lines, n) => {
      const shorter = lines.toSpliced(n % lines.length, 1);
      fc.pre(shorter.length > 0);
      const { differences, identical } = compare(lines.join('\n'), shorter.join('\n'), []);
      expect(differences.length).toBe(1);
      expect(identical).toBe(shorter.length);
      expect(compare(lines.join('\n'), lines.join('\n'), []).differences).toEqual([]);
    }));
  });
  it('takes every recording for the same as itself', () => {
    for (const name of ['memory-failure.7.3.txt', 'panic-more.7.3.txt', 'sysctl-positions.7.3.txt'] as const) {
      expect(compare(recording(name), recording(name), NOISE.none).differences).toEqual([]);
    }
  });
});
