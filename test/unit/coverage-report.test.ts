import { describe, expect, it } from 'vitest';
import { coverageReport } from '../coverage/report.mjs';

const FILES = {
  'src/kernel/memory/page.ts': {
    lines: { 3: 1, 5: 0, 6: 0, 9: 0, 12: 4, 13: 0 },
    branches: [{ line: 12, count: 4 }, { line: 12, count: 0 }, { line: 3, count: 0 }, { line: 3, count: 0 }],
  },
  'src/kernel/kernel.ts': { lines: { 1: 1, 2: 1 }, branches: [{ line: 1, count: 1 }] },
  'src/main.ts': { lines: { 1: 1 }, branches: [] },
};

describe('the report of coverage', () => {
  it('counts lines and branches of a folder with all below it, and names what no test runs', () => {
    expect(coverageReport(FILES, [['src/kernel', 100, 80]]).report).toEqual([
      'folder                    lines covered       %  at least branches covered       %  at least',
      'src                           9       5   55.55                  5       2   40.00',
      '  kernel                      8       4   50.00       100        5       2   40.00        80',
      '    memory                    6       2   33.33                  4       1   25.00',
      '',
      'Lines that no test runs:',
      '  src/kernel/memory/page.ts: 5-9 13',
      '',
      'Lines with a branch that no test takes:',
      '  src/kernel/memory/page.ts: 3 12',
    ]);
  });

  it('names the thresholds that are missed, of lines and of branches, and none that are met', () => {
    expect(coverageReport(FILES, [['src', 55, 40], ['src/kernel', 100, 40.01], ['src/kernel/memory', 33, 26]]).failures).toEqual([
      'src/kernel: 50.00 % of its lines are covered, and 100 % have to be',
      'src/kernel: 40.00 % of its branches are covered, and 40.01 % have to be',
      'src/kernel/memory: 25.00 % of its branches are covered, and 26 % have to be',
    ]);
  });

  it('takes all but one of very many lines for less than all', () => {
    const lines = Object.fromEntries(Array.from({ length: 100_000 }, (_, line) => [line + 1, line]));
    const { report, failures } = coverageReport({ 'src/abi/errno.ts': { lines, branches: [] } }, [['src/abi', 100, 100]]);
    expect(report).toContain('  abi                    100000   99999   99.99       100        0       0  100.00       100');
    expect(failures).toHaveLength(1);
  });

  it('takes a folder of which nothing was measured for one that is not covered', () => {
    expect(coverageReport({}, [['src/files', 100, 90]]).failures).toEqual([
      'src/files: 0.00 % of its lines are covered, and 100 % have to be', 'src/files: 0.00 % of its branches are covered, and 90 % have to be',
    ]);
  });

  it('has no list where everything is covered', () => {
    expect(coverageReport({ 'src/main.ts': { lines: { 1: 2 }, branches: [{ line: 1, count: 1 }] } }, [['src', 100, 100]])).toEqual({
      report: [
        'folder                    lines covered       %  at least branches covered       %  at least',
        'src                           1       1  100.00       100        1       1  100.00       100',
      ],
      failures: [],
    });
  });
});
