import { describe, expect, it } from 'vitest';
import { ERRNO } from '../../src/abi/errno.ts';
import { testMachine } from '../support/machine.ts';

const HWPOISON = '/sys/kernel/debug/hwpoison';
const MEMORY = '/sys/devices/system/memory';
const HUGE = '/sys/devices/system/node/node0/hugepages';

/** Digits beyond 64 bits, and then something that kstrtoull() refuses too. It checks the digits first. */
const BEYOND = ['+0x10000000000000005h', '18446744073709551616 x', '0xfffffffffffffffffz\n', '99999999999999999999999', '02000000000000000000000 8'];

describe('a number that no 64 bits hold is out of range, whatever follows it, to', () => {
  it.each([
    'corrupt-pfn', 'unpoison-pfn', 'corrupt-filter-enable', 'corrupt-filter-dev-major', 'corrupt-filter-dev-minor', 'corrupt-filter-flags-mask',
    'corrupt-filter-flags-value', 'corrupt-filter-memcg',
  ])('%s', (name) => {
    const { write } = testMachine();
    // simple_attr_write() reads 23 bytes: the digits of each text are too many within them.
    for (const text of BEYOND) expect(write(`${HWPOISON}/${name}`, text)).toBe(-ERRNO.ERANGE);
    expect(write(`${HWPOISON}/${name}`, '0xfffffffffffffffz')).toBe(-ERRNO.EINVAL);
  });

  it.each(['hugepages-2048kB/nr_hugepages', 'hugepages-1048576kB/nr_hugepages', 'hugepages-1048576kB/demote'])('%s, in base 10', (name) => {
    const { write } = testMachine();
    expect(write(`${HUGE}/${name}`, '18446744073709551616h')).toBe(-ERRNO.ERANGE);
    expect(write(`${HUGE}/${name}`, '9'.repeat(400))).toBe(-ERRNO.ERANGE);
    expect(write(`${HUGE}/${name}`, '0x10000000000000005h')).toBe(-ERRNO.EINVAL);
  });
});

it.each(['hard_offline_page', 'soft_offline_page'])('whatever kstrtoull() refuses is EINVAL to %s, as recorded', (name) => {
  const { write } = testMachine();
  for (const text of BEYOND) expect(write(`${MEMORY}/${name}`, text)).toBe(-ERRNO.EINVAL);
});
