import { describe, expect, it } from 'vitest';
import { testMachine } from '../support/machine.ts';

describe('the files of /proc that tell of the machine', () => {
  // Two numbers with two decimals: seconds since the boot, and the idle seconds of both CPUs.
  it('uptime goes with the clock, and begins again with a boot', () => {
    const { read, write, clock } = testMachine();
    expect(read('/proc/uptime')).toMatch(/^0\.\d\d 0\.\d\d\n$/);
    const before = Number(String(read('/proc/uptime')).split(' ')[0]);
    clock.usec += 67_250_000;
    const [up, idle] = String(read('/proc/uptime')).split(' ').map(Number);
    expect(up).toBeCloseTo(before + 67.25, 1);
    expect(idle).toBeCloseTo(2 * (before + 67.25), 1);
    write('/control', 'wait 1000\n');
    expect(Number(String(read('/proc/uptime')).split(' ')[0])).toBeCloseTo(before + 68.25, 1);
    write('/control', 'reboot\n');
    expect(read('/proc/uptime')).toMatch(/^0\.\d\d 0\.\d\d\n$/);
  });

  it('cmdline is what the log says the command line was, with what a boot sets', () => {
    const { read } = testMachine({ bootParameters: ['sysctl.vm.swappiness=7'] });
    expect(read('/proc/cmdline')).toBe('console=ttyS0 sysctl.vm.swappiness=7\n');
  });

  it('version is the banner of the boot', () => {
    expect(testMachine({ profile: 'v4' }).read('/proc/version')).toMatch(/^Linux version 7\.3\.0-rc7-v4 .*\n$/);
    expect(testMachine({ profile: '7.3' }).read('/proc/version')).toMatch(/^Linux version 7\.3-amd64 .*\n$/);
  });
});
