import { describe, expect, it } from 'vitest';
import { testMachine } from '../support/machine.ts';

const MEMORY = '/sys/devices/system/memory';
const GIB = 2 ** 30;

describe('the memory blocks', () => {
  // Measured on 7.3 with 4 and 8 GiB. From 64 GiB on a block is a size that divides the end of memory (arch/x86/mm/init_64.c).
  it.each([
    [GIB, '8000000', 8, 'DMA32'], [4 * GIB, '8000000', 32, 'Normal'], [8 * GIB, '8000000', 64, 'Normal'],
    [64 * GIB, '80000000', 32, 'Normal'], [65 * GIB, '40000000', 65, 'Normal'], [64 * 1024 * GIB, '80000000', 32768, 'Normal'],
  ])('of %i bytes are of 0x%s bytes, %i of them', (memoryBytes, blockSize, count, zone) => {
    const { read, vfs } = testMachine({ memoryBytes });
    expect(read(`${MEMORY}/block_size_bytes`)).toBe(`${blockSize}\n`);
    const names = vfs.readdir(MEMORY);
    const blocks = typeof names === 'number' ? [] : names.filter((name) => /^memory\d+$/.test(name));
    expect(blocks).toHaveLength(count);
    const [first, last] = [String(blocks[0]), String(blocks.at(-1))];
    expect(read(`${MEMORY}/${first}/valid_zones`)).toBe('none\n');
    expect(read(`${MEMORY}/${last}/valid_zones`)).toBe(`${zone}\n`);
    expect(vfs.readlink(`/sys/devices/system/node/node0/${last}`)).toBe(`../../memory/${last}`);
    // The node has a link to each of them.
    const links = vfs.readdir('/sys/devices/system/node/node0');
    expect(typeof links === 'number' ? links : links.filter((name) => /^memory\d+$/.test(name))).toEqual(blocks);
  });

  it('are refused with the lines of 7.3 where a page cannot be moved', () => {
    const { write, lines } = testMachine();
    expect(write(`${MEMORY}/memory1/state`, 'offline')).toBe(-16);
    expect(lines()).toEqual([
      '4,page: refcount:1 mapcount:0 mapping:0000000000000000 index:0x0 pfn:0xa200',
      '4,flags: 0xfffffc0002000(reserved|node=0|zone=1|lastcpupid=0x1fffff)',
      '4,raw: 000fffffc0002000 ffffea0000288008 ffffea0000288008 0000000000000000',
      '4,raw: 0000000000000000 0000000000000000 00000001ffffffff 0000000000000000',
      '4,page dumped because: unmovable page',
    ]);
  });

  it('have what they hold moved away, and leave the machine with less memory', () => {
    const machine = testMachine();
    const kilobytes = (name: string): number => Number(new RegExp(`^${name}: +(\\d+)`, 'm').exec(String(machine.read('/proc/meminfo')))?.[1]);
    machine.write('/control', 'page pfn=0x20000-0x203ff type=thp mapped=java:894\npage pfn=0x21000-0x210ff type=file-clean mapped=none\n');
    const before = { total: kilobytes('MemTotal'), anon: kilobytes('AnonPages'), huge: kilobytes('AnonHugePages'), cached: kilobytes('Cached') };
    expect(machine.write(`${MEMORY}/memory4/state`, 'offline')).toBe('offline'.length);
    expect(machine.lines()).toEqual([]);
    expect({ total: kilobytes('MemTotal') + 131_072, anon: kilobytes('AnonPages'), huge: kilobytes('AnonHugePages'), cached: kilobytes('Cached') }).toEqual(before);
    expect(machine.write(`${MEMORY}/memory4/online`, '1')).toBe(1);
    expect(kilobytes('MemTotal')).toBe(before.total);
  });

  it('say what they do not understand of uevent as 7.3 does', () => {
    const { write, lines } = testMachine();
    write(`${MEMORY}/memory1/uevent`, 'bad');
    write(`${MEMORY}/uevent`, 'add 0123');
    expect(lines()).toEqual([
      '4,synth uevent: /devices/system/memory/memory1: unknown uevent action string',
      '3,memory memory1: uevent: failed to send synthetic uevent: -22',
      '4,synth uevent: /devices/system/memory: incorrect uevent action arguments',
      '3, memory: uevent: failed to send synthetic uevent: -22',
    ]);
  });
});
