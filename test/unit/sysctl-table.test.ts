import { expect, test } from 'vitest';
import { ERRNO } from '../../src/abi/errno.ts';
import { PROFILES } from '../../src/kernel/profiles/profiles.ts';
import { bootValues } from '../../src/kernel/sysctl/boot-values.ts';
import { PLAIN_PARTS } from '../../src/kernel/sysctl/machine-parts.ts';
import { machineSysctls } from '../../src/kernel/sysctl/machine-sysctls.ts';
import { MODEL_SYSCTLS } from '../../src/kernel/sysctl/model-sysctls.ts';
import { VM_SYSCTLS } from '../../src/kernel/sysctl/tables/vm.ts';
import { RECORDED_SIZE, TABLES, testMachine } from '../support/sysctl-host.ts';

const SYSCTLS = machineSysctls(PROFILES['7.3'], PLAIN_PARTS);

test.each([
  ['abi', 1], ['debug', 2], ['dev', 6], ['fs', 48], ['kernel', 149], ['user', 13], ['vm', 56],
] as const)('/proc/sys/%s: %i files, each once, with cross-references to files that there are', (directory, count) => {
  const table = SYSCTLS.filter(({ path }) => path.startsWith(`${directory}/`));
  const names = new Set(SYSCTLS.map((entry) => entry.name));
  expect(table).toHaveLength(count);
  expect(new Set(table.map(({ path }) => path)).size).toBe(count);
  for (const entry of table) {
    expect(entry.name).toBe(entry.path.replaceAll('/', '.'));
    for (const other of [entry.zeroes?.name, entry.twin, entry.extra1, entry.extra2]) {
      if (typeof other === 'string') expect(names).toContain(other);
    }
    if (entry.twin !== undefined) expect(SYSCTLS.find(({ name }) => name === entry.twin)).toHaveProperty('twin', entry.name);
  }
});

test.each(Object.values(PROFILES))('kernel $name has every integer sysctl that the model reads', (profile) => {
  const values = bootValues(machineSysctls(profile, PLAIN_PARTS), { ...RECORDED_SIZE, profile });
  expect(MODEL_SYSCTLS.filter((name) => typeof values.get(name) !== 'object')).toEqual([]);
});

test('/proc/sys/vm: in byte order, as readdir(3) gives them', () => {
  const names = VM_SYSCTLS.map((entry) => entry.procname);
  expect(names).toEqual([...names].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
});

// MemTotal, MemFree, min_free_kbytes, user_reserve_kbytes and the most huge pages of Linux 7.3 under QEMU with 512 MiB, 1, 2, 3 and 6 GiB.
// A formula gives the first two exactly. The last two depend on what the kernel happens to allocate, and may differ by 2 %.
test.each([
  [468_152, 429_280, 2707, 13_843, 207],
  [983_492, 927_416, 45_056, 30_099, 434],
  [2_014_136, 1_959_032, 45_056, 62_147, 940],
  [2_976_948, 2_915_008, 67_584, 92_189, 1394],
  [6_067_376, 6_003_852, 67_584, 131_072, 2882],
])('sizes on a machine of %i kB', (totalRamKb, freeRamKb, minFree, userReserve, hugePages) => {
  const machine = testMachine({ ...RECORDED_SIZE, totalRamKb, freeRamKb });
  const number = (name: string): number => Number(machine.read(name));
  expect(number('vm.min_free_kbytes')).toBe(minFree);
  expect(number('vm.admin_reserve_kbytes')).toBe(8192);
  expect(Math.abs(number('vm.user_reserve_kbytes') / userReserve - 1)).toBeLessThan(0.02);
  expect(machine.write('vm.nr_hugepages', '1000000')).toBe(7);
  expect(Math.abs(number('vm.nr_hugepages') / hugePages - 1)).toBeLessThan(0.02);
  expect(number('vm.nr_hugepages_mempolicy')).toBe(number('vm.nr_hugepages'));
});

test('the recorded machine has the recorded numbers exactly, also with a little more or less free', () => {
  for (const freeRamKb of [926_500, RECORDED_SIZE.freeRamKb, 928_400]) {
    const machine = testMachine({ ...RECORDED_SIZE, freeRamKb });
    machine.write('vm.nr_hugepages_mempolicy', '18446744073709551615');
    expect(['nr_hugepages', 'user_reserve_kbytes', 'min_free_kbytes'].map((name) => machine.read(`vm.${name}`))).toEqual(['434\n', '30099\n', '45056\n']);
  }
});

test.each([[0, 0], [65_536, 40_000], [64 * 1024 ** 3, 64 * 1024 ** 3]])('a machine of %i kB gets numbers in range', (totalRamKb, freeRamKb) => {
  const machine = testMachine({ ...RECORDED_SIZE, totalRamKb, freeRamKb });
  for (const name of ['vm.min_free_kbytes', 'vm.user_reserve_kbytes', 'vm.admin_reserve_kbytes']) {
    expect(machine.read(name)).toMatch(/^\d+\n$/);
    expect(machine.write(name, machine.read(name))).toBeGreaterThan(0);
  }
  machine.write('vm.nr_hugepages', '99999999999');
  expect(Number(machine.read('vm.nr_hugepages')) * 2048).toBeLessThanOrEqual(freeRamKb);
});

test('a boot forgets values, and which lines were printed for the last time', () => {
  const machine = testMachine();
  machine.write('vm.swappiness', '1');
  for (const value of ['4', '1']) machine.write('vm.drop_caches', value);
  expect(machine.log).toEqual(['<6>tester (136): drop_caches: 4']);
  machine.host.values.clear();
  for (const [name, value] of bootValues(TABLES, RECORDED_SIZE)) machine.host.values.set(name, value);
  expect(machine.read('vm.swappiness')).toBe('60\n');
  machine.write('vm.drop_caches', '1');
  expect(machine.log.slice(1)).toEqual(['<6>tester (136): drop_caches: 1']);
});

test('panic_print complains of its use once, at the first write whether or not that is accepted; numa_stat only of a change', () => {
  const machine = testMachine();
  machine.read('kernel.panic_print');
  machine.write('kernel.panic_print', 'x');
  expect(machine.log).toHaveLength(1);
  machine.write('kernel.panic_print', '1');
  for (const value of ['x', '1']) machine.write('vm.numa_stat', value);
  machine.write('vm.drop_caches', 'x');
  expect(machine.log).toHaveLength(1);
  expect(machine.log[0]).toMatch(/^<6>Kernel: The 'panic_print' parameter is now deprecated\./);
});

test('4 MiB and more at once is ENOMEM, read or written: the kernel has no buffer for it', () => {
  const machine = testMachine();
  const tooMuch = 4 * 1024 * 1024;
  expect(machine.write('vm.swappiness', `1${' '.repeat(tooMuch - 1)}`)).toBe(-ERRNO.ENOMEM);
  expect(machine.write('vm.swappiness', `1${' '.repeat(tooMuch - 2)}`)).toBe(tooMuch - 1);
  expect(machine.read('vm.swappiness', 0, tooMuch)).toBe(String(-ERRNO.ENOMEM));
  expect(machine.read('vm.swappiness', 0, tooMuch - 1)).toBe('1\n');
});

test('a row of the table is answered alike without kernel.sysctl_writes_strict: strict, as the kernel is built', () => {
  const machine = testMachine();
  machine.host.values.delete('kernel.sysctl_writes_strict');
  expect(machine.write('vm.swappiness', '1', 5)).toBe(1);
  expect(machine.read('vm.swappiness')).toBe('60\n');
  expect(machine.log).toEqual([]);
});
