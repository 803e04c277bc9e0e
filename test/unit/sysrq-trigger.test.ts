import { expect, it } from 'vitest';
import { ERRNO } from '../../src/abi/errno.ts';
import { testMachine } from '../support/machine.ts';

const TRIGGER = '/proc/sysrq-trigger';

it('prints and does the same as 7.3, for one key in each write', () => {
  const { write, lines, read } = testMachine();
  for (const keys of ['s\n', 'hs\n', '5\n', '7']) expect(write(TRIGGER, keys)).toBe(keys.length);
  expect(lines().map((line) => line.replace(/HELP : loglevel.*/, 'HELP'))).toEqual([
    '6,sysrq: Emergency Sync', '4,Emergency Sync complete', '6,sysrq: HELP', '6,sysrq: Changing Loglevel', '6,sysrq: Loglevel set to 5',
    '6,sysrq: Changing Loglevel', '6,sysrq: Loglevel set to 7',
  ]);
  expect(read('/proc/sys/kernel/printk')).toBe('7\t4\t1\t7\n');
  // Root may open it for reading, but proc has nothing to read there.
  expect(read(TRIGGER)).toBe(-ERRNO.EIO);
});

it('takes every key after an underscore', () => {
  const { write, lines } = testMachine();
  write(TRIGGER, '_hs\n');
  expect(lines().map((line) => line.slice(0, 15))).toEqual(['6,sysrq: HELP :', '6,sysrq: Emerge', '4,Emergency Syn', '6,sysrq: HELP :']);
});

it('crashes the machine, and reboots it', () => {
  const { write, lines, machine } = testMachine();
  expect(write(TRIGGER, 'c')).toBe(-ERRNO.EIO);
  expect(lines().slice(0, 2)).toEqual(['6,sysrq: Trigger a crash', '0,Kernel panic - not syncing: sysrq triggered crash']);
  expect(machine.kernel.death).toBeDefined();
  expect(write(TRIGGER, 'b')).toBe(-ERRNO.EIO);
  write('/control', 'reboot\n');
  expect(write(TRIGGER, 'b')).toBe(1);
  expect(machine.kernel.boots).toBe(3);
});
