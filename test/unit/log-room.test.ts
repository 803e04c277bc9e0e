import { describe, expect, it } from 'vitest';
import { ERRNO } from '../../src/abi/errno.ts';
import { testMachine } from '../support/machine.ts';

const { ENOSPC } = ERRNO;
const HARD_OFFLINE = '/sys/devices/system/memory/hard_offline_page';
const TOTAL = '/sys/devices/system/node/node0/memory_failure/total';

/** A machine whose log has space for a number of commands and injections. */
function machineWithRoom(left: number): ReturnType<typeof testMachine> {
  let asked = 0;
  return testMachine({ reserve: () => ((asked += 1) > left ? -ENOSPC : 0) });
}

describe('a machine whose log is full', () => {
  it('lets no error happen in memory, and answers with the errno of the log', () => {
    const machine = machineWithRoom(0);
    expect(machine.write(HARD_OFFLINE, '0x2000000')).toBe(-ENOSPC);
    expect(machine.write('/control', 'inject type=free\n')).toBe(-ENOSPC);
    expect(machine.lines()).toEqual([]);
    expect(machine.read(TOTAL)).toBe('0\n');
  });

  it('goes through a batch as far as there is room, and its history says how far', () => {
    // A command reserves space for itself, and the injection in it for another.
    const machine = machineWithRoom(2);
    expect(machine.write('/control', 'page pfn=0x2000 type=free\ninject pfn=0x2000\nlog never printed\n')).toBe(-ENOSPC);
    expect(machine.lines()).toEqual([]);
    expect(machine.read('/control')).toMatch(/page pfn=0x2000 type=free: ok\n.*inject pfn=0x2000\S*: ENOSPC\n/);
    expect(machine.read('/control')).not.toContain('never printed');
  });

  it('does not take a failure of the program for a want of room', () => {
    const machine = testMachine({ reserve: () => { throw new TypeError('a bug'); } });
    expect(() => machine.write(HARD_OFFLINE, '0x2000000')).toThrow('a bug');
    expect(() => machine.write('/control', 'inject type=free\n')).toThrow('a bug');
  });
});
