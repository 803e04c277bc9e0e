import { describe, expect, it } from 'vitest';
import { diffLines } from '../../src/daemon/exec/diff.ts';
import type { ReportedSysctl } from '../../src/daemon/exec/report.ts';

function write(name: string, wrote: string, result = 'ok'): ReportedSysctl {
  return { name, wrote, result, old: null, new: null, at: '', boot: 1, uptime: 0, file: '', by: { pid: 1, uid: 0, comm: 'sysctl' } };
}

describe('exec --diff', () => {
  const BEFORE = new Map([['vm.dirty_ratio', [20n]], ['vm.swappiness', [60n]], ['kernel.printk', [7n, 4n, 1n, 7n]], ['vm.laptop_mode#ended', [0n]]]);

  it('has what changed, what was refused and what was written again', () => {
    const after = new Map<string, readonly bigint[]>([...BEFORE, ['vm.dirty_ratio', [0n]], ['vm.swappiness', [20n]], ['kernel.printk', [4n, 4n, 1n, 7n]], ['vm.laptop_mode#ended', [1n]]]);
    const writes = [
      write('vm.swappiness', '10'), write('vm.swappiness', '10'), write('vm.swappiness', '20'), write('kernel.printk', '4'),
      write('vm.dirty_background_ratio', '300', 'EINVAL'), write('vm.dirty_background_ratio', '300', 'EINVAL'), write('vm.x', '\u001b[31m', 'EINVAL'),
    ];
    expect(diffLines(BEFORE, after, writes, [{ name: 'kernel.ostype', result: 'EACCES', comm: 'sh' }, { name: 'kernel.ostype', result: 'EACCES', comm: 'sh' }])).toEqual([
      'changed      kernel.printk              7 4 1 7 -> 4 4 1 7',
      'changed      vm.dirty_ratio             20 -> 0, by a side effect',
      'changed      vm.swappiness              60 -> 20',
      'refused      vm.dirty_background_ratio  300 (EINVAL), from sysctl',
      'refused      vm.x                       \\x1b[31m (EINVAL), from sysctl',
      'refused      kernel.ostype              to open it for writing (EACCES), from sh',
      'overwritten  vm.swappiness              10, then 20',
    ]);
  });

  it('says so if nothing has changed', () => {
    expect(diffLines(BEFORE, new Map(BEFORE), [write('vm.swappiness', '60')], [])).toEqual(['vmsysctld: no sysctl was changed']);
  });
});
