import { describe, expect, test } from 'vitest';
import { PLAIN_PARTS } from '../../src/kernel/sysctl/machine-parts.ts';
import { testMachine, type TestMachine } from '../support/machine.ts';

// What the kernel's own tests of sysctls check (tools/testing/selftests/sysctl): the files of its module test_sysctl.

const PAGE_SIZE = 4096;
const machineWithModule = (): TestMachine => testMachine({ parts: { ...PLAIN_PARTS, modules: ['test_sysctl'] } });
const file = (name: string): string => `/proc/sys/debug/test_sysctl/${name}`;

/** Writes pieces one after another to a file opened once, as dd(1) does with bs=. */
function writePieces({ vfs }: TestMachine, name: string, pieces: readonly string[], from = 0): number[] {
  const handle = vfs.open(file(name), 1);
  let position = from;
  const answers = pieces.map((piece) => {
    const answer = vfs.write(handle, position, Buffer.from(piece));
    position += Math.max(0, answer);
    return answer;
  });
  vfs.release(handle);
  return answers;
}

describe('test_sysctl', () => {
  test('has its files with their boot values, and directories without files', () => {
    const machine = machineWithModule();
    const names = machine.vfs.readdir(file('').slice(0, -1));
    expect(names).toEqual(['bitmap_0001', 'boot_int', 'empty_add', 'int_0001', 'int_0002', 'int_0003', 'match_int', 'mnt', 'string_0001', 'u8_valid', 'uint_0001']);
    expect(machine.vfs.readdir(file('empty_add'))).toEqual(['empty']);
    expect(machine.vfs.readdir(file('empty_add/empty'))).toEqual([]);
    expect(machine.vfs.readdir(file('mnt'))).toEqual([]);
    expect(machine.vfs.getattr(file('mnt/mnt_error'))).toBe(-2);
    const values = ['bitmap_0001', 'boot_int', 'int_0001', 'int_0002', 'int_0003', 'match_int', 'string_0001', 'u8_valid', 'uint_0001'].map((name) => machine.read(file(name)));
    expect(values).toEqual(['\n', '0\n', '60\n', '1\n', '0\t1\t2\t3\n', '1\n', '(none)\n', '58\n', '314\n']);
  });

  test('logs what it makes the kernel refuse', () => {
    const { log } = machineWithModule().machine.kernel;
    const texts = Array.from({ length: log.next }, (_, index) => log.from(index)?.text ?? '');
    expect(texts.filter((text) => /u8_(over|under) range value/.test(text))).toHaveLength(2);
    expect(texts).toContain('sysctl could not get directory: /debug/test_sysctl/mnt/mnt_error -30');
  });

  test('a number is found behind spaces up to a page of them, and within its bounds', () => {
    const machine = machineWithModule();
    expect(writePieces(machine, 'int_0001', [`${' '.repeat(PAGE_SIZE - 2)}3\n`])).toEqual([PAGE_SIZE]);
    expect(machine.read(file('int_0001'))).toBe('3\n');
    expect(writePieces(machine, 'int_0001', [`${' '.repeat(PAGE_SIZE)}4\n`])).toEqual([-22]);
    expect(writePieces(machine, 'int_0001', ['101\n'])).toEqual([-22]);
    expect(machine.read(file('int_0001'))).toBe('3\n');
    expect(writePieces(machine, 'int_0002', ['2147483648\n'])).toEqual([-22]);
    expect(writePieces(machine, 'int_0002', ['-2147483648\n'])).toEqual([12]);
    expect(writePieces(machine, 'uint_0001', ['4294967295\n', '1'])).toEqual([11, 1]);
    expect(machine.read(file('uint_0001'))).toBe('4294967295\n');
  });

  test('a vector takes as many numbers as it has, and no more', () => {
    const machine = machineWithModule();
    expect(writePieces(machine, 'int_0003', ['100 101 102 103 104\n'])).toEqual([16]);
    expect(machine.read(file('int_0003'))).toBe('100\t101\t102\t103\n');
  });

  test('a string takes pieces, and keeps 64 bytes', () => {
    const machine = machineWithModule();
    writePieces(machine, 'string_0001', [...'Testing sysctl']);
    expect(machine.read(file('string_0001'))).toBe('Testing sysctl\n');
    writePieces(machine, 'string_0001', [`${'A'.repeat(64)}BB`]);
    expect(machine.read(file('string_0001'))).toBe(`${'A'.repeat(64)}\n`);
    writePieces(machine, 'string_0001', ['x'], 1);
    expect(machine.read(file('string_0001'))).toBe('Ax\n');
  });

  test('a long bitmap is taken a page at a time, and reads back', () => {
    const machine = machineWithModule();
    const numbers = Array.from({ length: 9000 }, (_, index) => (index % 3 === 0 ? `${index * 7}-${index * 7 + 2}` : `${index * 7}`)).join(',');
    let rest = numbers;
    const handle = machine.vfs.open(file('bitmap_0001'), 1);
    for (let position = 0; rest !== '';) {
      const answer = machine.vfs.write(handle, position, Buffer.from(rest));
      expect(answer).toBeGreaterThan(0);
      position += answer;
      rest = rest.slice(answer);
    }
    machine.vfs.release(handle);
    expect(machine.read(file('bitmap_0001'))).toBe(`${numbers}\n`);
  });

  test('u8_valid is the first byte of uint_0001', () => {
    const machine = machineWithModule();
    machine.write(file('uint_0001'), '4660\n');
    expect(machine.read(file('u8_valid'))).toBe('52\n');
    expect(machine.write(file('u8_valid'), '201\n')).toBe(-22);
    expect(machine.write(file('u8_valid'), '7\n')).toBe(2);
    expect(machine.read(file('uint_0001'))).toBe('4615\n');
  });
});
