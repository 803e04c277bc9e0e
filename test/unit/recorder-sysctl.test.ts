import { describe, expect, it } from 'vitest';
import { sysctlPositions, sysctlPositionsScript } from '../recorder/golden.mjs';
import { listedFiles, sysctlPlan } from '../recorder/sysctl-plan.mjs';
import { positionOperations } from '../recorder/sysctl-positions.mjs';
import { randomPlan } from '../recorder/sysctl-random.mjs';
import { sysctlAll, sysctlAllDifferences, sysctlPermissions } from '../recorder/sysctl-rows.mjs';
import { recording } from '../support/recording.ts';

const hex = (text: string) => Buffer.from(text, 'latin1').toString('hex');
const FILES = listedFiles(recording('proc-sys-files.7.3.txt') + recording('proc-sys-files-more.7.3.txt'));

describe('the plan', () => {
  const lines = sysctlPlan(FILES).trimEnd().split('\n');
  const planned = lines.filter((line) => line.startsWith('f ')).map((line) => line.slice('f '.length));
  const writesTo = (path: string) => {
    const start = lines.indexOf(`f ${path}`) + 1;
    const length = lines.slice(start).findIndex((line) => line.startsWith('f '));
    return lines.slice(start, length < 0 ? undefined : start + length);
  };
  it('has every file that can be written, once', () => {
    const writable = FILES.filter(({ mode }) => (Number.parseInt(mode, 8) & 0o222) !== 0).map(({ path }) => path);
    expect(planned.toSorted()).toEqual(writable.toSorted());
  });
  it('asks each of them something', () => {
    expect(planned.filter((path) => writesTo(path).length < 3)).toEqual([]);
  });
  it('bisects each number of a vector, and no text', () => {
    expect(writesTo('net/ipv4/tcp_rmem').filter((line) => line.startsWith('b '))).toEqual(['b 0', 'b 1', 'b 2']);
    expect(writesTo('kernel/core_pattern').filter((line) => line.startsWith('b '))).toEqual([]);
  });
  it('leaves what cannot be taken back for the end, and restores nothing there', () => {
    const first = planned.findIndex((path) => writesTo(path)[0]?.startsWith('s '));
    expect(planned.slice(first)).toContain('kernel/modules_disabled');
    for (const path of planned.slice(first)) expect(writesTo(path).every((line) => line.startsWith('s '))).toBe(true);
    for (const path of planned.slice(0, first)) expect(writesTo(path).some((line) => line.startsWith('s '))).toBe(false);
  });
});

describe('the random plan', () => {
  const sections = (seed: number) => randomPlan(FILES, seed).trimEnd().split('\nf ').map((section) => section.split('\n'));
  it('is the same for a seed, and another for another', () => {
    expect(randomPlan(FILES, 7)).toBe(randomPlan(FILES, 7));
    expect(randomPlan(FILES, 7)).not.toBe(randomPlan(FILES, 8));
  });
  it('writes nothing random to a file that must be kept, cannot be restored, or takes memory', () => {
    const random = sections(7).slice(1).filter(([, ...writes]) => writes.some((line) => /^[wp] /.test(line))).map(([path]) => path);
    expect(random.length).toBeGreaterThan(800);
    for (const path of ['kernel/modules_disabled', 'kernel/tainted', 'vm/nr_hugepages', 'vm/min_free_kbytes', 'kernel/cad_pid', 'kernel/printk_delay']) {
      expect(random).not.toContain(path);
    }
  });
});

describe('the lines of JSON of all files', () => {
  const [one, two] = [hex('1\n'), hex('2\n')];
  const plan = ['x skipped', 'f a/b', `w ${one}`, `p 1 ${hex('x')}`, 'b 0', 'f c', `w ${two}`, 'f d', `s ${two}`, ''].join('\n');
  const rows = (...printed: string[]) => {
    const lines = sysctlAll(`${printed.join('\n')}\n`, plan).trimEnd().split('\n');
    return lines.map((line) => JSON.parse(line) as unknown);
  };
  it('hold the writes, what they changed and logged, and the bounds', () => {
    expect(rows('kernel\t#1 SMP Debian 7.3~rc7-1~exp1 (x)', `1\tf\t644\t${hex('0\n')}`, `2\tw\t2\t.=${hex('1\n')}\tc=${hex('7\n')}`,
      `log\t4\t${hex('a line')}`, `stays\tc=${hex('7\n')}`, '3\tw\tEINVAL', '4\tb\t0\t255', `4\tn\t${hex('256\n')}\tEINVAL`)).toEqual([{
      kernel: '7.3-rc7', file: 'a/b', mode: '0644', boot: '0\n', bounds: [['0', '255']],
      writes: [
        { write: '1\n', ret: 2, value: '1\n', changed: { c: '7\n' }, log: ['<4>a line'], stays: { c: '7\n' } },
        { write: 'x', at: 1, ret: 'EINVAL' },
        { write: '256\n', ret: 'EINVAL' },
      ],
    }]);
  });
  it('name a file that answered alike, whatever its mode and value', () => {
    expect(rows('1\tf\t644\tEACCES', '2\tw\tEPERM', '5\tf\t600\t-', '6\tw\tEPERM', '7\tf\t644\t-', '8\tw\tEPERM')).toMatchObject([
      { file: 'a/b', boot: 'EACCES', writes: [{ write: '1\n' }] },
      { file: 'c', boot: '', writes: [{ write: '2\n' }] },
      { file: 'd', oneWay: true },
    ]);
    expect(rows('1\tf\t644\t-', '2\tw\t2', '1\tf\t600\t31', '2\tw\t2')).toHaveLength(1);
  });
  it('say where the machine crashed', () => {
    expect(rows('1\tf\t644\t-', '2\tw\t', 'crash\tKernel panic: x', '3\tw\t1')).toMatchObject([
      { writes: [{ write: '1\n', ret: 'CRASH Kernel panic: x' }, { write: 'x', ret: 1 }] }]);
  });
  it('are of nothing else', () => expect(() => rows('sh: not found')).toThrow('the machine printed: sh: not found'));
});

describe('the differences of a kernel', () => {
  const line = (file: string, writes: unknown[], more: object = {}) =>
    `${JSON.stringify({ kernel: '1', file, mode: '0644', boot: '5\n', ...more, writes })}\n`;
  const taken = [{ write: '1\n', ret: 2 }];
  const base = line('a', taken) + line('b', taken) + line('kernel/cad_pid', [{ write: '62\n', ret: 3 }]);
  const files = (text: string) => sysctlAllDifferences(text, base).trimEnd().split('\n').map((each) => JSON.parse(each) as unknown);
  it('are the files that answer otherwise, are new, or are gone, noise apart', () => {
    const now = line('a', [{ write: '1\n', ret: 'EINVAL' }]) + line('kernel/cad_pid', [{ write: '63\n', ret: 3 }]) + line('new', taken);
    expect(files(now)).toMatchObject([
      { file: 'a', writes: [{ ret: 'EINVAL' }] },
      { file: 'new', writes: taken },
      { file: 'b', absent: true },
    ]);
  });
  it('see through `like`, and not boot values', () => {
    const like = line('a', taken) + `${JSON.stringify({ kernel: '1', file: 'b', mode: '0644', boot: '7\n', like: 'a' })}\n`;
    expect(files(like)).toMatchObject([{ file: 'kernel/cad_pid', absent: true }]);
  });
});

describe('the permissions', () => {
  it('are a line per file, with the capabilities that make a difference', () => {
    const printed = ['file\ta\t0644', 'file\tb\t0600', 'who\troot\trwrw', 'who\troot-\trPr-', 'who\tuser\tr---', 'who\tuserns\trwnn',
      'who\t+12\trw--', 'who\t-12\trPrw', 'who\t+21\tr---', 'who\t-21\trwrP'];
    expect(sysctlPermissions(`${printed.join('\n')}\n`)).toBe(
      'a 0644 rw rP r- rw +NET_ADMIN:rw -NET_ADMIN:rP\nb 0600 rw r- -- nn -SYS_ADMIN:rP\n');
  });
});

describe('the positions of each handler', () => {
  it('are scripts that give the recording back', () => {
    const text = recording('sysctl-positions-more.7.3.txt');
    const operations = positionOperations();
    expect(Object.keys(sysctlPositionsScript(operations)).length).toBe(operations.match(/^# /gm)?.length);
    const unquoted = (line: string) => `log ${JSON.parse(line.slice('log '.length)) as string}`;
    const printed = text.split('\n').map((line) => (line.startsWith('log ') ? unquoted(line) : line));
    expect(sysctlPositions(printed.join('\n'), operations)).toBe(text);
  });
});
