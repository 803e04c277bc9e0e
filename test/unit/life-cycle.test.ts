import { describe, expect, it } from 'vitest';
import { ERRNO } from '../../src/abi/errno.ts';
import { testMachine } from '../support/machine.ts';

const PANIC_SYSCTL = '/proc/sys/vm/panic_on_unrecoverable_memory_failure';
const { EBUSY, EINVAL, EIO } = ERRNO;

describe("the production event of the patch's cover letter", () => {
  const THIRTY_TWO_GIB = 32 * 2 ** 30;
  it('under v4 is ignored, and crashes 67 seconds later', () => {
    const { write, lines, machine, clock } = testMachine({ profile: 'v4', memoryBytes: THIRTY_TWO_GIB });
    expect(write(PANIC_SYSCTL, '1\n')).toBe(2);
    expect(write('/control', 'page pfn=0x40272d type=slab\n')).toBeGreaterThan(0);
    expect(write('/control', 'inject pfn=0x40272d\n')).toBe(-EBUSY);
    expect(lines()).toEqual([
      '3,Memory failure: 0x40272d: unhandlable page.',
      '3,Memory failure: 0x40272d: recovery action for get hwpoison page: Ignored',
    ]);
    expect(machine.kernel.death).toBeUndefined();
    clock.usec += 67_000_000;
    expect(write('/control', 'access pfn=0x40272d\n')).toBe(-EIO);
    const crash = lines();
    expect(crash[0]).toBe('0,Internal error: synchronous external abort: 0000000096000410 [#1] SMP');
    expect(crash).toContain('4,pc : d_lookup+0x5c/0x220');
    expect(crash).toContain('0,Kernel panic - not syncing: synchronous external abort: Fatal exception');
  });

  it('under 7.3 panics at once', () => {
    const { write, lines } = testMachine({ profile: '7.3', memoryBytes: THIRTY_TWO_GIB });
    write(PANIC_SYSCTL, '1\n');
    expect(write('/control', 'page pfn=0x40272d type=slab\ninject pfn=0x40272d\n')).toBe(-EIO);
    expect(lines().slice(0, 3)).toEqual([
      '3,Memory failure: 0x40272d: unhandlable page.',
      '3,Memory failure: 0x40272d: recovery action for reserved kernel page: Ignored',
      '0,Kernel panic - not syncing: Memory failure: 0x40272d: unrecoverable page',
    ]);
  });
});

describe('a machine that panicked', () => {
  const dead = (kernelPanic: string): ReturnType<typeof testMachine> => {
    const machine = testMachine();
    machine.write('/proc/sys/kernel/panic', kernelPanic);
    machine.write(PANIC_SYSCTL, '1');
    machine.write('/proc/sys/vm/swappiness', '7');
    expect(machine.write('/control', 'inject type=reserved\n')).toBe(-EIO);
    return machine;
  };

  it('with kernel.panic=0 answers EIO for every file until reboot is written to control', () => {
    const { read, write, clock, vfs } = dead('0');
    clock.usec += 3600e6;
    expect(read(PANIC_SYSCTL)).toBe(-EIO);
    expect(vfs.open(PANIC_SYSCTL, 0)).toBe(-EIO);
    expect(read('/sys/devices/system/node/node0/memory_failure/total')).toBe(-EIO);
    expect(write('/sys/devices/system/memory/hard_offline_page', '0x1000')).toBe(-EIO);
    expect(write('/control', 'inject type=free\n')).toBe(-EIO);
    expect(read('/control')).toContain('dead, until reboot: Memory failure: 0x');
    expect(write('/control', 'reboot\n')).toBe(7);
    expect(read(PANIC_SYSCTL)).toBe('0\n');
    expect(read('/proc/sys/vm/swappiness')).toBe('60\n');
    expect(read('/sys/devices/system/node/node0/memory_failure/total')).toBe('0\n');
  });

  it('with kernel.panic=2 is back after two seconds, with boot values and time stamps from 0', () => {
    const { read, lines, clock, machine } = dead('2');
    expect(lines().at(-1)).toBe('0,Rebooting in 2 seconds..');
    clock.usec += 1_999_999;
    expect(read(PANIC_SYSCTL)).toBe(-EIO);
    expect(machine.kernel.untilTick()).toBe(1);
    clock.usec += 500_001;
    expect(read(PANIC_SYSCTL)).toBe('0\n');
    const banner = machine.kernel.takeEffects().flatMap((effect) => (effect.kind === 'printk' ? [effect.record] : []));
    expect(banner[0]).toMatchObject({ usec: 0, sequence: 0, level: 5 });
    expect(banner[0]?.text).toMatch(/^Linux version 7\.3-amd64 /);
    expect(machine.kernel.uptime()).toBe(500_000);
  });

  it('with a negative kernel.panic reboots at once, and the write that killed it still fails', () => {
    const { read, lines } = dead('-1');
    const printed = lines();
    expect(printed.some((line) => line.includes('Rebooting in') || line.includes('end Kernel panic'))).toBe(false);
    expect(printed.at(-1)).toBe('6,Command line: console=ttyS0');
    expect(read('/proc/sys/vm/swappiness')).toBe('60\n');
  });

  it('moves on by wait alone', () => {
    const { read, write } = dead('30');
    expect(write('/control', 'wait 29999\n')).toBeGreaterThan(0);
    expect(read(PANIC_SYSCTL)).toBe(-EIO);
    expect(write('/control', 'wait 1\n')).toBeGreaterThan(0);
    expect(read(PANIC_SYSCTL)).toBe('0\n');
  });
});

describe('boot settings', () => {
  it('hold after every boot, and stand on the command line', () => {
    const { read, write } = testMachine({
      bootSettings: new Map([['vm.panic_on_unrecoverable_memory_failure', [1n]]]),
      bootParameters: ['sysctl.vm.panic_on_unrecoverable_memory_failure=1'],
    });
    expect(read(PANIC_SYSCTL)).toBe('1\n');
    write(PANIC_SYSCTL, '0');
    write('/control', 'reboot\n');
    expect(read(PANIC_SYSCTL)).toBe('1\n');
  });
});

describe('the control file', () => {
  it('refuses a batch with one bad line: nothing done, the reason in the log and in what it shows', () => {
    const { read, write, lines, machine } = testMachine();
    expect(write('/control', 'inject type=free\ninject type=slba\n')).toBe(-EINVAL);
    expect(lines()).toEqual(["4,control:2: unknown page type 'slba', did you mean 'slab'?"]);
    expect(read('/control')).toContain("control:2: unknown page type 'slba', did you mean 'slab'?");
    expect(machine.kernel.failures.stats.total).toBe(0);
  });

  it('refuses a fault for a file there is not, before anything runs', () => {
    const { write, machine, lines } = testMachine();
    expect(write('/control', 'inject type=free\nfail proc/sys/vm/nosuch op=read errno=EIO\n')).toBe(-EINVAL);
    expect(lines()[0]).toContain("the machine has no file '/proc/sys/vm/nosuch'");
    expect(machine.kernel.failures.stats.total).toBe(0);
  });

  it('will not lock itself out', () => {
    const { write } = testMachine();
    expect(write('/control', 'fail control op=write errno=EIO\n')).toBe(-EINVAL);
    expect(write('/control', 'log hello\n')).toBe(10);
  });

  it('answers a batch with the errno of the last command that failed', () => {
    const { write } = testMachine();
    expect(write('/control', 'inject type=poisoned\ninject type=vmalloc\ninject type=free\n')).toBe(-EBUSY);
    expect(write('/control', 'inject type=vmalloc\ninject type=poisoned\n')).toBe(-ERRNO.EHWPOISON);
  });

  it('answers no more for what commands answer, from keep-going until it is closed; a line that is none is still refused', () => {
    const { write, vfs, machine } = testMachine();
    const handle = vfs.open('/control', 1);
    const piece = (text: string): number => vfs.write(handle, 0, new TextEncoder().encode(text));
    expect(piece('inject type=vmalloc\nkeep-going\ninject type=slab\n')).toBe(-EBUSY);
    expect(piece('keep-going\ninject type=vmalloc\n')).toBe(31);
    expect(piece('inject type=slab\npanic\ninject type=slab\n')).toBe(40);
    expect(piece('inject type=slba\n')).toBe(-EINVAL);
    vfs.release(handle);
    expect(machine.kernel.failures.stats.total).toBe(4);
    write('/control', 'reboot\n');
    expect(write('/control', 'inject type=vmalloc\n')).toBe(-EBUSY);
  });

  it('makes files fail as often as asked', () => {
    const { read, write } = testMachine();
    write('/control', 'fail /proc/sys/vm/swappiness op=read errno=ENOMEM count=2\n');
    expect([read('/proc/sys/vm/swappiness'), read('/proc/sys/vm/swappiness'), read('/proc/sys/vm/swappiness')]).toEqual([-12, -12, '60\n']);
    write('/control', 'fail /proc/sys/vm/swappiness op=open errno=EACCES\n');
    expect(read('/proc/sys/vm/swappiness')).toBe(-13);
    write('/control', 'reset\n');
    expect(read('/proc/sys/vm/swappiness')).toBe('60\n');
  });

  it('holds answers back as long and as often as asked', () => {
    const { write, vfs } = testMachine();
    write('/control', 'delay /proc/sys/vm/swappiness ms=250 count=1\n');
    expect(vfs.holdBack('/proc/sys/vm/swappiness')).toBe(250);
    expect(vfs.holdBack('/proc/sys/vm/swappiness')).toBe(0);
  });

  it('shows which files misbehave, and for how long', () => {
    const { read, write } = testMachine();
    write('/control', 'fail /proc/sys/vm/swappiness op=read errno=EIO count=3\ndelay /proc/meminfo ms=2000\n');
    read('/proc/sys/vm/swappiness');
    expect(read('/control')).toContain('# files that misbehave\n'
      + '#   fail /proc/sys/vm/swappiness op=read errno=EIO (2 more)\n#   delay /proc/meminfo ms=2000 (until reset)\n');
    write('/control', 'reset\n');
    expect(read('/control')).not.toContain('misbehave\n');
  });

  it('takes a scenario that a tool writes in pieces cut amid a line', () => {
    const { vfs, machine } = testMachine();
    const scenario = new TextEncoder().encode('inject type=free\n'.repeat(2000));
    const handle = vfs.open('/control', 1);
    for (let at = 0; at < scenario.length; at += 8192) {
      const piece = scenario.subarray(at, at + 8192);
      expect(vfs.write(handle, at, piece)).toBe(piece.length);
    }
    vfs.release(handle);
    expect(machine.kernel.failures.stats).toMatchObject({ total: 2000, recovered: 2000 });
  });

  it('refuses a line without an end, and takes up no memory for it', () => {
    const { vfs, lines, write } = testMachine();
    const handle = vfs.open('/control', 1);
    const piece = new TextEncoder().encode('x'.repeat(8192));
    const answers = Array.from({ length: 9 }, (_, n) => vfs.write(handle, n * 8192, piece));
    // Eight pieces may still be the beginning of a line of 64 KiB.
    expect(answers).toEqual([...Array.from({ length: 8 }, () => 8192), -EINVAL]);
    expect(lines()).toEqual(['4,control:1: a line of more than 65536 bytes']);
    vfs.release(handle);
    expect(lines()).toEqual([]);
    expect(write('/control', 'inject type=free\n')).toBeGreaterThan(0);
  });

  it('takes any page of RAM where none is named, by the seed', () => {
    const hit = (seed: number): string[] => {
      const { write, lines } = testMachine({ seed });
      write('/control', 'inject\n');
      return lines();
    };
    expect(hit(1)).toEqual(expect.arrayContaining([expect.stringMatching(/^3,Memory failure: 0x[0-9a-f]+: recovery action for /)]));
    expect(hit(1)).toEqual(hit(1));
    expect(hit(1)).not.toEqual(hit(2));
  });

  it('takes a page by its physical address, as hard_offline_page does', () => {
    const { write, lines } = testMachine();
    expect(write('/control', 'page pfn=0x2000 type=free\ninject phys=0x2000fff\n')).toBeGreaterThan(0);
    expect(lines()).toEqual(['3,Memory failure: 0x2000: recovery action for free buddy page: Recovered']);
  });

  it('lets a scenario say who maps a page, who is killed early, and who pins it', () => {
    const { write, lines } = testMachine();
    expect(
      write('/control', 'page pfn=0x2000 type=anon mapped=nginx:611,"my app":77 early-kill\ninject pfn=0x2000\naccess pfn=0x2000 pid=77\n'),
    ).toBeGreaterThan(0);
    expect(lines().map((line) => line.replace(/ at [0-9a-f]+$/, ' at ADDRESS'))).toEqual([
      '3,Memory failure: 0x2000: Sending SIGBUS to nginx:611 due to hardware memory corruption',
      '3,Memory failure: 0x2000: Sending SIGBUS to my app:77 due to hardware memory corruption',
      '3,Memory failure: 0x2000: recovery action for dirty LRU page: Recovered',
      '3,MCE: Killing my app:77 due to hardware memory corruption fault at ADDRESS',
    ]);
    expect(write('/control', 'page pfn=0x2001 type=file-clean refs=2 mapped=none\ninject pfn=0x2001\n')).toBe(-EBUSY);
    expect(lines()).toEqual([
      '3,Memory failure: 0x2001: clean LRU page still referenced by 2 users',
      '3,Memory failure: 0x2001: recovery action for clean LRU page: Failed',
    ]);
  });

  it('defines a range of pages without making an object of each', () => {
    const { write, machine } = testMachine({ memoryBytes: 64 * 2 ** 40 });
    expect(write('/control', 'page pfn=0x1000000-0x2ffffffff type=slab\ninject pfn=0x1234567\n')).toBe(-EBUSY);
    expect([...machine.kernel.memory.differing()]).toHaveLength(1);
  });

  it('draws a page that was defined to be of a type, if it is the only one', () => {
    const { write, lines } = testMachine();
    write('/control', 'page pfn=0x2468 type=dax mapped=db:5 early-kill\ninject type=dax\n');
    expect(lines()[0]).toBe('3,Memory failure: 0x2468: Sending SIGBUS to db:5 due to hardware memory corruption');
  });

  it('a frame of device memory that somebody maps is recovered by killing him', () => {
    const { write, lines } = testMachine();
    expect(write('/control', 'page pfn=0x200000 type=pfnmap mapped=qemu:900 early-kill\ninject pfn=0x200000\n')).toBeGreaterThan(0);
    expect(lines()).toEqual([
      '3,Memory failure: 0x200000: Sending SIGBUS to qemu:900 due to hardware memory corruption',
      '3,Memory failure: 0x200000: recovery action for non struct page pfn: Recovered',
    ]);
  });

  it('a real machine check ends unpoisoning until the next boot', () => {
    const { read, write, lines } = testMachine();
    write('/control', 'page pfn=0x3000 type=free\ninject pfn=0x3000 via=mce\n');
    expect(lines()).toEqual([
      '6,mce: [Hardware Error]: Machine check events logged',
      '4,Disabling lock debugging due to kernel taint',
      '3,Memory failure: 0x3000: recovery action for free buddy page: Recovered',
    ]);
    expect(read('/proc/sys/kernel/tainted')).toBe('16\n');
    expect(write('/control', 'unpoison pfn=0x3000\n')).toBe(-ERRNO.EOPNOTSUPP);
    expect(lines()).toEqual(['6,Unpoison: 0x3000: disabled after HW memory failure']);
  });
});
