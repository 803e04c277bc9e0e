import { describe, expect, it } from 'vitest';
import { ERRNO } from '../../src/abi/errno.ts';
import { testMachine, type TestMachine } from '../support/machine.ts';

const KPF_HUGE = 1n << 17n;
const KPF_HWPOISON = 1n << 19n;
const FIRST = 0x20000;
const HUGE = 512;
const HUGETLB = `page pfn=${FIRST}-${FIRST + HUGE - 1} type=hugetlb mapped=db:5`;

/** The words of /proc/kpageflags, or of a similar file, for a number of frames, as a process reads them. */
function kpageflags({ vfs }: TestMachine, first: number, count: number, file = '/proc/kpageflags'): bigint[] {
  const handle = vfs.open(file, 0);
  const bytes = vfs.read(handle, first * 8, count * 8);
  vfs.release(handle);
  if (!(bytes instanceof Uint8Array)) throw new Error(`read: ${String(bytes)}`);
  return [...new BigUint64Array(bytes.buffer, bytes.byteOffset, count)];
}

/** Which of the frames around the huge page show a bit. */
function framesWith(machine: TestMachine, bit: bigint): number[] {
  return kpageflags(machine, FIRST - 2, HUGE + 4).flatMap((word, n) => (word & bit ? [FIRST - 2 + n] : []));
}

const ALL_OF_IT = Array.from({ length: HUGE }, (_, n) => FIRST + n);

describe('a failure in a huge page of hugetlb', () => {
  // As in the recorded cases 'pinned hugetlb' and 'hugetlb shared sub page'.
  it('that somebody holds fails, and its poison shows in all of its pages, whichever of them are read', () => {
    const machine = testMachine();
    expect(machine.write('/control', `${HUGETLB} refs=1\ninject pfn=${FIRST + 3}\n`)).toBe(-ERRNO.EBUSY);
    expect(machine.lines()).toEqual(['3,Memory failure: 0x20003: recovery action for huge page: Failed']);
    expect(framesWith(machine, KPF_HUGE)).toEqual(ALL_OF_IT);
    expect(framesWith(machine, KPF_HWPOISON)).toEqual(ALL_OF_IT);
    // The poisoned page lies outside these reads.
    for (const first of [FIRST, FIRST + 4, FIRST + HUGE - 2]) {
      expect(kpageflags(machine, first, 2).map((word) => word & KPF_HWPOISON)).toEqual([KPF_HWPOISON, KPF_HWPOISON]);
    }
    expect(kpageflags(machine, FIRST + HUGE, 1).map((word) => word & KPF_HWPOISON)).toEqual([0n]);
    // It was taken out of the page table of the process.
    expect(kpageflags(machine, FIRST + 3, 1, '/proc/kpagecount')).toEqual([0n]);
    // Only the page itself is lost.
    expect(machine.read('/proc/meminfo')).toMatch(/^HardwareCorrupted: +4 kB$/m);
  });

  it('that is kept so is reported as the failure of a huge page if another of its pages is hit', () => {
    const machine = testMachine();
    machine.write('/control', `${HUGETLB} refs=1\ninject pfn=${FIRST + 3}\n`);
    machine.lines();
    expect(machine.write('/control', `inject pfn=${FIRST + 4}\n`)).toBe(-ERRNO.EHWPOISON);
    expect(machine.lines()).toEqual(['3,Memory failure: 0x20004: recovery action for huge page: Failed']);
  });

  it('is left alone where the filter does not want it, without a word', () => {
    const machine = testMachine();
    const filter = '/sys/kernel/debug/hwpoison/corrupt-filter';
    // Only pages that nobody maps: KPF_MMAP must be 0.
    for (const [name, value] of [['enable', '1'], ['flags-mask', '0x800'], ['flags-value', '0']]) machine.write(`${filter}-${name}`, `${value}\n`);
    machine.write('/control', `${HUGETLB}\n`);
    expect(machine.write('/sys/devices/system/memory/hard_offline_page', '0x20003000')).toBe('0x20003000'.length);
    expect(machine.lines()).toEqual([]);
    expect(framesWith(machine, KPF_HWPOISON)).toEqual([]);
    expect(machine.read('/sys/devices/system/node/node0/memory_failure/total')).toBe('0\n');
    machine.write(`${filter}-enable`, '0\n');
    machine.write('/control', `inject pfn=${FIRST + 3}\n`);
    expect(machine.lines()).toEqual(['3,Memory failure: 0x20003: recovery action for huge page: Recovered']);
  });
});
