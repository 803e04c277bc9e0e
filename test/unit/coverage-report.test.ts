import { describe, expect, it } from 'vitest';
import { coverageReport } from '../coverage/report.mjs';

const FILES = {
  'src/kernel/memory/page.ts': { 3: 1, 5: 0, 6: 0, 9: 0, 12: 4, 13: 0 },
  'src/kernel/kernel.ts': { 1: 1, 2: 1 },
  'src/main.ts': { 1: 1 },
};

describe('the report of coverage', () => {
  it('counts the lines of a folder with all below it, and says what nothing runs, from line to line', () => {
    expect(coverageReport(FILES, [['src/kernel', 100]]).report).toEqual([
      'folder                    lines covered       %  at least',
      'src                           9       5   55.55',
      '  kernel                      8       4   50.00       100',
      '    memory                    6       2   33.33',
      '',
      'Lines that no test runs:',
      '  src/kernel/memory/page.ts: 5-9 13',
    ]);
  });

  it('names the thresholds that are missed, and none that are met', () => {
    expect(coverageReport(FILES, [['src', 55], ['src/kernel', 100], ['src/kernel/memory', 33]]).failures).toEqual([
      'src/kernel: 50.00 % of its lines are covered, and 100 % have to be',
    ]);
  });

  it('takes all but one of very many lines for less than all', () => {
    const lines = Object.fromEntries(Array.from({ length: 100_000 }, (_, line) => [line + 1, line]));
    const { report, failures } = coverageReport({ 'src/abi/errno.ts': lines }, [['src/abi', 100]]);
    expect(report).toContain('  abi                    100000   99999   99.99       100');
    expect(failures).toHaveLength(1);
  });

  it('takes a folder of which nothing was measured for one that is not covered', () => {
    expect(coverageReport({}, [['src/files', 100]])).toMatchObject({ failures: ['src/files: 0.00 % of its lines are covered, and 100 % have to be'] });
  });

  it('has no list where everything is covered', () => {
    expect(coverageReport({ 'src/main.ts': { 1: 2 } }, [['src', 100]])).toEqual({
      report: ['folder                    lines covered       %  at least', 'src                           1       1  100.00       100'], failures: [],
    });
  });
});
