import { describe, expect, it } from 'vitest';
import { ERRNO } from '../../src/abi/errno.ts';
import { testMachine } from '../support/machine.ts';

const ENOSPC = -ERRNO.ENOSPC;
const TOTAL = '/sys/devices/system/node/node0/memory_failure/total';

/** A machine whose log has room for a line this many times. */
function machineWithRoom(times: number): ReturnType<typeof testMachine> & { asked: number[]; room: { left: number } } {
  const room = { left: times };
  const asked: number[] = [];
  const machine = testMachine({ reserve: (records) => (asked.push(records), room.left-- > 0 ? 0 : ENOSPC) });
  return { ...machine, asked, room };
}

describe('a machine whose lines have no room', () => {
  it('is asked for none by what prints a line or so, but before each command, and each injection for all who map the page', () => {
    const { write, asked } = machineWithRoom(Infinity);
    write('/proc/sys/vm/drop_caches', '1');
    expect(asked).toEqual([]);
    write('/control', 'page pfn=0x2000 type=anon mapped=a:1,b:2,c:3\nlog x\ninject pfn=0x2000\ninject type=free count=2\n');
    expect(asked).toEqual([0, 0, 0, 6, 0, 0, 0]);
  });

  it('ends a batch where it was, answers why, and says how far it came', () => {
    const { read, write, lines, machine } = machineWithRoom(2);
    expect(write('/control', 'log one\nlog two\nlog three\nlog four\n')).toBe(ENOSPC);
    expect(lines()).toEqual(['4,one', '4,two']);
    expect(machine.commandLog.commands.map(({ command, result }) => [command, result])).toEqual([['log one', 0], ['log two', 0], ['log three', ENOSPC]]);
    expect(read('/control')).toContain('log three: ENOSPC');
  });

  it('ends a command of many injections between two of them', () => {
    const { read, write, lines, machine } = machineWithRoom(4);
    expect(write('/control', 'inject type=free count=10\nlog never\n')).toBe(ENOSPC);
    expect(lines()).toHaveLength(3);
    expect(read(TOTAL)).toBe('3\n');
    expect(machine.commandLog.commands).toHaveLength(1);
  });

  it('does nothing to a page that files have an error injected in', () => {
    const { write, lines, read, room } = machineWithRoom(0);
    expect(write('/sys/devices/system/memory/hard_offline_page', '0x2000000')).toBe(ENOSPC);
    expect(write('/sys/kernel/debug/hwpoison/corrupt-pfn', '0x2000')).toBe(ENOSPC);
    expect(lines()).toEqual([]);
    expect(read(TOTAL)).toBe('0\n');
    room.left = 1;
    expect(write('/sys/devices/system/memory/hard_offline_page', '0x2000000')).toBe(-ERRNO.EBUSY);
    expect(read(TOTAL)).toBe('1\n');
  });

  it('forgets the line that a refused piece of a batch was cut at, and says so of one that was acknowledged before', () => {
    const { vfs, lines, read, room } = machineWithRoom(0);
    const piece = Buffer.from(`${'# a remark\n'.repeat(400)}log whole\nlog cut`);
    const refused = vfs.open('/control', 1);
    expect(vfs.write(refused, 0, piece)).toBe(ENOSPC);
    room.left = Infinity;
    vfs.release(refused);
    expect(lines()).toEqual([]);
    const taken = vfs.open('/control', 1);
    expect(vfs.write(taken, 0, piece)).toBe(piece.length);
    room.left = 0;
    vfs.release(taken);
    expect(lines()).toEqual(['4,whole']);
    expect(read('/control')).toContain('control: the last line, which had no newline, was not run: the log has no room (ENOSPC)');
  });
});

it('what goes wrong otherwise is thrown on', () => {
  const bug = testMachine({ reserve: () => { throw new TypeError('bug'); } });
  expect(() => bug.write('/control', 'log x\n')).toThrow('bug');
  const { vfs } = bug;
  const handle = vfs.open('/control', 1);
  const piece = Buffer.from(`${'# a remark\n'.repeat(400)}log cut`);
  expect(vfs.write(handle, 0, piece)).toBe(piece.length);
  expect(() => { vfs.release(handle); }).toThrow('bug');
});
