import { describe, expect, it } from 'vitest';
import { testMachine } from '../support/machine.ts';

/** The log lines of a scenario. Pfns stay, addresses are masked. */
function linesOf(scenario: string, sysctls: Readonly<Record<string, number>> = {}): string[] {
  const machine = testMachine();
  for (const [name, value] of Object.entries(sysctls)) machine.write(`/proc/sys/vm/${name}`, `${value}\n`);
  machine.lines();
  machine.write('/control', `${scenario}\n`);
  return machine.lines().map((line) => line.replace(/fault at [0-9a-f]+$/, 'fault at ADDRESS'));
}

describe('processes as data: the kernel tells of them', () => {
  it('those that asked for it at once, the others when they touch the page', () => {
    expect(linesOf('page pfn=0x20000 type=anon mapped=db:5\npage pfn=0x20001 type=anon mapped=early:6 early-kill\n'
      + 'inject pfn=0x20000\ninject pfn=0x20001\naccess pfn=0x20000')).toEqual([
      '3,Memory failure: 0x20000: recovery action for dirty LRU page: Recovered',
      '3,Memory failure: 0x20001: Sending SIGBUS to early:6 due to hardware memory corruption',
      '3,Memory failure: 0x20001: recovery action for dirty LRU page: Recovered',
      '3,MCE: Killing db:5 due to hardware memory corruption fault at ADDRESS',
    ]);
  });

  // The access is another machine check, and ends in kill_accessing_process() of mm/memory-failure.c.
  it('who touches a page that could not be unmapped', () => {
    expect(linesOf('page pfn=0x20000 type=unmap-failed mapped=db:5\ninject pfn=0x20000\naccess pfn=0x20000 pid=5').at(-1)).toBe(
      '3,Memory failure: 0x20000: Sending SIGBUS to db:5 due to hardware memory corruption',
    );
  });

  it('all of them at once by vm.memory_failure_early_kill', () => {
    expect(linesOf('page pfn=0x20000 type=shmem mapped=a:5,b:6\ninject pfn=0x20000', { memory_failure_early_kill: 1 })).toEqual([
      '3,Memory failure: 0x20000: Sending SIGBUS to a:5 due to hardware memory corruption',
      '3,Memory failure: 0x20000: Sending SIGBUS to b:6 due to hardware memory corruption',
      '3,Memory failure: 0x20000: recovery action for dirty LRU page: Recovered',
    ]);
  });

  // __add_to_kill() and kill_procs() of mm/memory-failure.c: only DAX and KSM collect a process without an address.
  it('by SIGKILL where it cannot find their address', () => {
    expect(linesOf('page pfn=0x20000 type=dax mapped=qemu:900 early-kill no-address\ninject pfn=0x20000')).toEqual([
      '6,Memory failure: Unable to find user space address 20000 in qemu',
      '3,Memory failure: 0x20000: forcibly killing qemu:900 because of failure to unmap corrupted page',
      '3,Memory failure: 0x20000: recovery action for dax page: Recovered',
    ]);
    expect(linesOf('page pfn=0x20000 type=anon mapped=db:5 early-kill no-address\ninject pfn=0x20000')).toEqual([
      '3,Memory failure: 0x20000: recovery action for dirty LRU page: Recovered',
    ]);
  });

  it('of pins, and of pages it cannot unmap', () => {
    expect(linesOf('page pfn=0x20000 type=file-clean mapped=none refs=3\ninject pfn=0x20000')).toEqual([
      '3,Memory failure: 0x20000: clean LRU page still referenced by 3 users',
      '3,Memory failure: 0x20000: recovery action for clean LRU page: Failed',
    ]);
    expect(linesOf('page pfn=0x20000 type=unmap-failed mapped=db:5,web:6 early-kill\ninject pfn=0x20000')).toEqual([
      '3,Memory failure: 0x20000: failed to unmap page (folio mapcount=2)',
      '3,Memory failure: 0x20000: Sending SIGBUS to db:5 due to hardware memory corruption',
      '3,Memory failure: 0x20000: Sending SIGBUS to web:6 due to hardware memory corruption',
      '3,Memory failure: 0x20000: recovery action for unmapping failed page: Failed',
    ]);
  });
});

describe('a process that ends', () => {
  it('gives its anonymous memory back, its huge pages to the pool, and keeps no file mapped', () => {
    const machine = testMachine();
    const meminfo = (name: string): number => Number(new RegExp(`^${name}: +(\\d+)`, 'm').exec(String(machine.read('/proc/meminfo')))?.[1]);
    const amounts = (): number[] => ['MemFree', 'AnonPages', 'Mapped', 'HugePages_Free', 'Cached'].map(meminfo);
    const before = amounts();
    machine.write('/control', [
      'page pfn=0x20000-0x203ff type=anon mapped=db:5', 'page pfn=0x20400-0x205ff type=hugetlb mapped=db:5',
      'page pfn=0x20600-0x206ff type=anon mapped=db:5,web:6', 'page pfn=0x20700-0x207ff type=file-clean mapped=db:5', '',
    ].join('\n'));
    expect(amounts().map((amount, n) => amount - (before[n] ?? 0))).toEqual([-8192, 5120, 1024, 0, 1024]);
    machine.write('/control', 'inject pfn=0x20001\naccess pfn=0x20001\n');
    // One page is lost. The pages that another process maps too, and the file, stay.
    expect(amounts().map((amount, n) => amount - (before[n] ?? 0))).toEqual([-4100, 1024, 0, 1, 1024]);
    expect(meminfo('HardwareCorrupted')).toBe(4);
  });

  it('is not the one that maps pages made later', () => {
    const machine = testMachine({ seed: 3 });
    for (let n = 0; n < 40; n += 1) {
      const pfn = 0x20000 + n;
      machine.write('/control', `page pfn=${pfn} type=anon\ninject pfn=${pfn}\naccess pfn=${pfn}\n`);
    }
    const killed = machine.lines().flatMap((line) => /Killing (\S+):(\d+) due/.exec(line)?.[2] ?? []);
    expect(killed).toHaveLength(40);
    expect(new Set(killed).size).toBe(40);
  });
});
